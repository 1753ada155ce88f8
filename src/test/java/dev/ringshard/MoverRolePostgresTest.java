package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.OperationId;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.event.WatchDecision;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.rebalance.RebalancePlan;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.rebalance.RebalanceWatch;
import dev.ringshard.rebalance.WatchSettings;
import dev.ringshard.testing.Roles;
import dev.ringshard.testing.Roles.Role;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a mover can do as its role, and what it needs the owner for. */
@Tag("ci")
class MoverRolePostgresTest extends RoledBank {
    @Test
    void the_mover_plans_moves_recovers_verifies_and_sees_the_status() {
        try (Ringshard bank = Ringshard.open(roles.config(Role.APPLICATION))) {
            create(bank);
            RingshardConfig config = roles.config(Role.MOVER);
            RingshardConfig draining =
                    config.withShard(config.shard("eu-1").orElseThrow().withWeight(0));
            try (Ringshard movers = Ringshard.open(draining)) {
                RebalancePlan plan = movers.rebalancer().plan();
                RebalanceReport report = movers.rebalancer().run(plan, progress -> {});

                assertThat(report.complete()).isTrue();
                assertThat(report.movedRows()).isPositive();
                assertThat(movers.recover().remaining()).isZero();
                assertThat(movers.verify().isOk()).isTrue();
                assertThat(movers.status().isSettled()).isTrue();
            }
            assertThat(bank.router().locate(key(0)).shard()).isEqualTo("eu-2");
            assertThat(bank.customers().count()).isEqualTo(CUSTOMERS);
        }
    }

    @Test
    void a_database_joins_by_its_owner_at_weight_0_and_fills_by_the_mover() throws SQLException {
        try (Roles fresh = Roles.withDatabases(3)) {
            RingshardConfig all = fresh.config(Role.OWNER);
            RingshardConfig first = all.withoutShard("eu-3");
            Ringshard.init(first);
            fresh.runScript(1);
            fresh.runScript(2);
            RingshardConfig applications = fresh.config(Role.APPLICATION);
            try (Ringshard bank = Ringshard.open(applications.withoutShard("eu-3"))) {
                create(bank);
            }
            try (Ringshard owners = Ringshard.open(first)) {
                RebalanceReport joined =
                        owners.addShard(all.shard("eu-3").orElseThrow().withWeight(0));
                assertThat(joined.movedRows()).isZero();
            }
            fresh.runScript(3);

            try (Ringshard movers = Ringshard.open(fresh.config(Role.MOVER));
                    Ringshard bank = Ringshard.open(applications)) {
                RebalanceReport filled =
                        movers.rebalancer().run(movers.rebalancer().plan(), progress -> {});

                assertThat(filled.movedRows()).isPositive();
                assertThat(bank.customers().count()).isEqualTo(CUSTOMERS);
                assertThat(bank.customers().totalsByShard().parts().entrySet())
                        .anyMatch(part ->
                                part.getKey().equals("eu-3") && part.getValue().customers() > 0);
                bank.customers().deposit(key(0), Account.SAVINGS, money("1.00"), OperationId.random());
                assertThat(movers.verify().isOk()).isTrue();
            }
        }
    }

    @Test
    void a_reader_sees_what_a_watch_of_the_movers_decides() throws SQLException {
        try (Roles fresh = Roles.withDatabases(2)) {
            Ringshard.init(fresh.config(Role.OWNER));
            fresh.runScript(1);
            fresh.runScript(2);
            try (Ringshard movers = Ringshard.open(fresh.config(Role.MOVER));
                    Ringshard readers = Ringshard.open(fresh.config(Role.READER));
                    RebalanceWatch watch = movers.rebalancer().watch(WatchSettings.DEFAULT)) {
                await().until(() -> readers.status().watches().stream()
                        .anyMatch(seen -> seen.decision().kind() == WatchDecision.Kind.EVEN));
                assertThat(watch.isDone()).isFalse();
            }
        }
    }

    @Test
    void tables_of_ones_own_move_and_belong_to_the_application_only_when_it_was_given_them() throws SQLException {
        try (Roles fresh = Roles.withDatabases(2)) {
            Ringshard.init(withNotes(fresh, Role.OWNER));
            fresh.runScript(1);
            fresh.runScript(2);
            try (Ringshard bank = Ringshard.open(withNotes(fresh, Role.APPLICATION))) {
                create(bank);
                assertThatThrownBy(() -> note(bank, key(0)))
                        .isInstanceOf(SqlFailedException.class)
                        .hasMessageContaining("its database user may not do this (permission denied for table notes)");
                for (int shard = 1; shard <= 2; shard++) {
                    fresh.execute(
                            shard,
                            Role.OWNER,
                            "GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO " + fresh.name(Role.APPLICATION));
                    fresh.runScript(shard); // which leaves them what they were given
                }
                IntStream.range(0, CUSTOMERS).forEach(i -> note(bank, key(i)));
            }
            RingshardConfig config = withNotes(fresh, Role.MOVER);
            try (Ringshard movers = Ringshard.open(
                    config.withShard(config.shard("eu-1").orElseThrow().withWeight(0)))) {
                movers.rebalancer().run(movers.rebalancer().plan(), progress -> {});

                assertThat(movers.verify().isOk()).isTrue();
            }
            try (Ringshard readers = Ringshard.open(withNotes(fresh, Role.READER))) {
                assertThat(readers.verify().isOk()).isTrue();
            }
        }
    }

    /** The database refuses that with a warning, and so the new shard's plans wait for its owner, or for autovacuum. */
    @Test
    void a_mover_that_owns_no_table_and_so_cannot_analyse_it_moves_its_rows_all_the_same() throws SQLException {
        String byHand = "SELECT sum(analyze_count) FROM pg_stat_user_tables WHERE schemaname <> 'ringshard'";
        try (Ringshard bank = Ringshard.open(roles.config(Role.APPLICATION))) {
            create(bank);
        }
        try (Connection connection = roles.database(1, Role.MOVER).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("ANALYZE customers");
            assertThat(statement.getWarnings().getMessage())
                    .containsAnyOf(
                            "permission denied to analyze \"customers\"", "skipping \"customers\""); // 15 says it so
        }
        RingshardConfig config = roles.config(Role.MOVER);
        try (Ringshard movers = Ringshard.open(
                config.withShard(config.shard("eu-2").orElseThrow().withWeight(0)))) {
            RebalanceReport report = movers.rebalancer().run(movers.rebalancer().plan(), progress -> {});

            assertThat(report.complete()).isTrue();
            assertThat(report.movedRows()).isPositive();
            assertThat(movers.verify().isOk()).isTrue();
        }
        assertThat(ask(byHand)).containsExactly("0");
    }

    /** Rows of notes take a number from a sequence that no column owns, and refer to a table that is not sharded. */
    @Test
    void what_rows_count_by_and_refer_to_is_the_movers_to_set_and_to_read() throws SQLException {
        try (Roles fresh = Roles.withDatabases(2)) {
            Ringshard.init(withNotes(fresh, Role.OWNER));
            for (int shard = 1; shard <= 2; shard++) {
                fresh.execute(shard, Role.OWNER, """
                        CREATE SCHEMA lists; CREATE TABLE lists.kinds (code int PRIMARY KEY); INSERT INTO lists.kinds VALUES (1);
                        CREATE SEQUENCE numbers; ALTER TABLE notes ADD COLUMN kind int DEFAULT 1 REFERENCES lists.kinds,
                            ADD COLUMN number bigint DEFAULT nextval('numbers')""");
                fresh.runScript(shard);
            }
            try (Ringshard owners = Ringshard.open(withNotes(fresh, Role.OWNER))) {
                create(owners);
                IntStream.range(0, CUSTOMERS).forEach(i -> note(owners, key(i)));
            }
            RingshardConfig config = withNotes(fresh, Role.MOVER);
            try (Ringshard movers = Ringshard.open(
                    config.withShard(config.shard("eu-1").orElseThrow().withWeight(0)))) {
                movers.rebalancer().run(movers.rebalancer().plan(), progress -> {});
                assertThat(movers.verify().isOk()).isTrue();
            }
            try (Ringshard readers = Ringshard.open(withNotes(fresh, Role.READER))) {
                assertThat(readers.verify().isOk()).isTrue();
            }
        }
    }

    @Test
    void who_does_not_see_all_rows_for_row_level_security_neither_moves_nor_verifies() throws SQLException {
        try (Ringshard bank = Ringshard.open(roles.config(Role.APPLICATION))) {
            create(bank);
        }
        roles.execute(1, Role.OWNER, "ALTER TABLE customers ENABLE ROW LEVEL SECURITY");
        RingshardConfig config = roles.config(Role.MOVER);
        RingshardConfig draining =
                config.withShard(config.shard("eu-1").orElseThrow().withWeight(0));
        try (Ringshard movers = Ringshard.open(draining)) {
            assertThatThrownBy(() -> movers.rebalancer().plan())
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("customers has row-level security, which hides rows from this user")
                    .hasMessageContaining("ALTER ROLE %s BYPASSRLS", roles.name(Role.MOVER))
                    .hasMessageContaining("Nothing was moved");
            assertThatThrownBy(movers::verify).hasMessageContainingAll("row-level security", "BYPASSRLS");
            assertThatThrownBy(() -> movers.customers().count())
                    .hasMessageContainingAll("row-level security", "BYPASSRLS");

            roles.execute("ALTER ROLE %s BYPASSRLS".formatted(roles.name(Role.MOVER)));
            RebalanceReport report = movers.rebalancer().run(movers.rebalancer().plan(), progress -> {});
            assertThat(report.movedRows()).isPositive();
            assertThat(movers.verify().isSound()).isTrue();
        }
    }

    private static RingshardConfig withNotes(Roles roles, Role role) {
        return RingshardConfig.builder("bank")
                .shards(roles.config(role).shards())
                .table(ShardedTable.byToken("notes", "ring_token"))
                .table(ShardedTable.byToken("visits", "ring_token"))
                .migrations("classpath:db/notes")
                .build();
    }

    private static void note(Ringshard bank, String key) {
        bank.router().transaction(key, tx -> tx.dsl()
                .execute("INSERT INTO notes (customer_key, ring_token) VALUES (?, ?)", key, tx.token(key)));
    }
}
