package dev.ringshard.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is shipped, and run, is what stands in the folder of migrations. */
class ScriptMigrationTest {
    @Test
    void a_script_is_named_as_flyway_has_it() {
        ScriptMigration script = ScriptMigration.of("dev/ringshard/migrations/ringshard/common/V1__ownership.sql");

        assertThat(script.getVersion().getVersion()).isEqualTo("1");
        assertThat(script.getDescription()).isEqualTo("ownership");
        assertThat(script.getChecksum())
                .isNotEqualTo(new ScriptMigration(script.name(), script.sql() + " ").getChecksum());
    }

    /** A script that nobody names would never be run. */
    @Test
    void no_script_is_forgotten() throws IOException {
        List<String> sources = List.of("internal/schema/Migrations.java", "BankMigrations.java");
        StringBuilder named = new StringBuilder();
        for (String source : sources) {
            named.append(Files.readString(Path.of("src/main/java/dev/ringshard").resolve(source)));
        }
        try (Stream<Path> scripts = Files.walk(Path.of("migrations"))) {
            assertThat(scripts.filter(Files::isRegularFile).map(Path::toString))
                    .hasSize(6)
                    .allSatisfy(script -> assertThat(named).contains(script.replaceFirst("/(h2|postgresql)/", "/%s/")));
        }
    }
}
