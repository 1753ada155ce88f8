package dev.ringshard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.failure.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
    private final Path folder;
    private final Path file;

    ConfigFileTest(@TempDir Path folder) {
        this.folder = folder;
        this.file = folder.resolve("ringshard.yaml");
    }

    @Test
    void a_file_is_read_as_utf_8() throws IOException {
        Files.writeString(file, "cluster: bank\nshards: [{ name: eu-1, url: 'jdbc:h2:file:./1', user: Jörg }]\n");

        assertThat(RingshardConfig.load(file).shards())
                .containsExactly(ShardConfig.of("eu-1", "jdbc:h2:file:./1", "Jörg", ""));
    }

    @Test
    void the_environment_is_that_of_the_caller() throws IOException {
        Files.writeString(file, "cluster: ${CLUSTER}\nshards: [{ name: eu-1, url: 'jdbc:h2:file:./1' }]\n");

        assertThat(ConfigFile.load(file, Map.of("CLUSTER", "bank")).cluster()).isEqualTo("bank");
    }

    @Test
    void problems_name_the_file() throws IOException {
        Files.writeString(file, "cluster: bank\n");

        assertFails(file, "shards is missing or empty: at least one shard is required.");
    }

    @Test
    void a_missing_file_is_named_with_its_absolute_path() {
        Path relative = Path.of("there", "..", "no-such-ringshard.yaml");

        assertThatThrownBy(() -> RingshardConfig.load(relative))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(Path.of("no-such-ringshard.yaml").toAbsolutePath() + ": 1 problem.")
                .hasMessageEndingWith("There is no such file: create it, or name another one.");
    }

    @Test
    void a_directory_is_refused() {
        assertFails(folder, "This is a directory: name the file in it.");
    }

    @Test
    void a_file_in_another_encoding_is_refused() throws IOException {
        Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xE4, '\n'});

        assertFails(file, "The file is not in UTF-8: save it in that encoding.");
    }

    private static void assertFails(Path path, String problem) {
        assertThatThrownBy(() -> RingshardConfig.load(path))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("%s: 1 problem. Nothing was opened or written.%n  - %s", path.toAbsolutePath(), problem);
    }
}
