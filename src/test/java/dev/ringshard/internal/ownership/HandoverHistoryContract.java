package dev.ringshard.internal.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.internal.schema.Migrations;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a source remembers, and for how long. */
abstract class HandoverHistoryContract {
    private final TestDatabase database = TestCluster.database(kind());
    private final Shards shards = Shards.open(List.of(TestCluster.shard("eu-1", database)));
    private final Shard shard = shards.get("eu-1");

    abstract DatabaseKind kind();

    @BeforeEach
    void migrate() {
        Migrations.migrate(shard);
    }

    @AfterEach
    void close() {
        shards.close();
    }

    @Test
    void what_is_long_over_is_forgotten_but_never_the_last_handover_to_a_shard() throws SQLException {
        add(1, "eu-9");
        add(2, "eu-2");
        add(HandoverHistoryTable.KEPT / 10, "eu-2");
        add(HandoverHistoryTable.KEPT / 10 + 1, "eu-2");
        long newest = HandoverHistoryTable.KEPT / 10 + HandoverHistoryTable.KEPT;
        add(newest - 1, "eu-2");
        assertThat(numbers()).as("not at every handover").hasSize(5);

        add(newest, "eu-2");

        assertThat(numbers()).containsExactly(1L, HandoverHistoryTable.KEPT / 10 + 1, newest - 1, newest);
        Set<String> formerTargets = shard.snapshot(reading -> HandoverHistoryTable.formerTargets(reading.dsl()));
        assertThat(formerTargets).containsExactlyInAnyOrder("eu-2", "eu-9");
    }

    private void add(long number, String target) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "ALTER TABLE ringshard.handover_history ALTER COLUMN handover_number RESTART WITH " + number);
        }
        shard.transaction(finishing -> {
            HandoverHistoryTable.add(
                    finishing.dsl(),
                    new CommittedHandover(TokenRange.ALL, 7, target, 3, "none"),
                    "eu-1",
                    Optional.empty());
            return true;
        });
    }

    private List<Long> numbers() {
        return shard.snapshot(reading -> HandoverHistoryTable.since(reading.dsl(), 0).stream()
                .map(HandoverHistoryTable.PastHandover::number)
                .toList());
    }
}
