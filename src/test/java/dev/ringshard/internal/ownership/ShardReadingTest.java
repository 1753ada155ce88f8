package dev.ringshard.internal.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.testing.H2Database;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ShardReadingTest {
    private static final Pattern STATEMENT_END = Pattern.compile(";\\s*\\n");

    @Test
    void a_database_whose_tables_are_just_being_created_one_by_one_counts_as_new() throws Exception {
        String migration = Files.readString(Path.of("migrations/ringshard/common/V1__ownership.sql"));
        TestDatabase database = H2Database.inMemory();
        try (Shards shards = Shards.open(List.of(TestCluster.shard("eu-1", database)));
                Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            Shard shard = shards.get("eu-1");
            statement.execute("CREATE SCHEMA ringshard");
            for (String step : STATEMENT_END.splitAsStream(migration).toList()) {
                assertThat(ShardReading.of(shard).isNew()).isTrue();
                statement.execute(step);
                if (step.contains("CREATE TABLE ringshard.handover_history")) {
                    break;
                }
            }
        }
    }
}
