package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.AccountRef;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The next version of Ringshard migrates shards, one after the other, while processes of this one are at work. What its migration adds
 * is as much as an additive one may: a column in every table of ours whose rows stay where they are, filled by default, and a table. Rows
 * that move need the same columns on both sides.
 */
abstract class RollingUpgradeContract {
    private static final int CUSTOMERS = 40;
    private static final BigDecimal TEN = new BigDecimal("10.00");

    private final List<TestDatabase> databases;
    private final RingshardConfig config;
    private final ShardConfig third;
    private int operations;

    RollingUpgradeContract(DatabaseKind kind) throws SQLException {
        databases = new ArrayList<>(
                Collections.nCopies(3, kind).stream().map(TestCluster::database).toList());
        config = TestCluster.config(TestCluster.shards(databases.subList(0, 2)));
        third = TestCluster.shard("eu-3", databases.get(2));
        Ringshard.init(config);
    }

    @Test
    void processes_of_this_version_work_on_while_shards_are_migrated_to_the_next() throws SQLException {
        try (Ringshard running = Ringshard.open(config)) {
            running.customers()
                    .createAll(IntStream.range(0, CUSTOMERS)
                            .mapToObj(i -> new NewCustomer("c-" + i, "Ada", "Lovelace"))
                            .toList());
            assertWorks(running);

            migrate(databases.get(0), 3, "additive column everywhere");

            assertWorks(running);
            running.addShard(third);
            assertWorks(running);
            assertThat(running.status().shards())
                    .extracting(shard -> shard.schemaVersion().orElse("none"))
                    .containsExactly("3", "2", "2");

            migrate(databases.get(1), 3, "additive column everywhere");
            migrate(databases.get(2), 3, "additive column everywhere");
            for (TestDatabase database : databases) {
                database.execute(
                        "ALTER TABLE ringshard.outbox ADD COLUMN of_version_3 varchar(10) DEFAULT 'new' NOT NULL");
            }

            assertWorks(running);
            running.removeShard("eu-3");
            assertWorks(running);
        }
        assertThat(Ringshard.init(config).migrations())
                .as("what an init of this version would run")
                .isZero();
        try (Ringshard restarted = Ringshard.open(config)) {
            assertWorks(restarted);
            assertThat(restarted.status().problem()).isEmpty();
            assertThat(restarted.verify().isOk()).isTrue();
        }
    }

    /** As the version before had it: without what this one added to its tables. */
    @Test
    void a_shard_of_the_version_before_is_told_to_be_migrated() throws SQLException {
        TestDatabase older = databases.get(1);
        older.execute("UPDATE ringshard.\"schema_history\" SET \"version\" = '1' WHERE \"version\" = '2'");
        older.execute("ALTER TABLE ringshard.handover DROP COLUMN digest");
        older.execute("ALTER TABLE ringshard.membership DROP COLUMN is_restored");

        assertThat(Ringshard.check(config).shards())
                .anySatisfy(shard -> assertThat(shard.problem()).hasValueSatisfying(problem -> assertThat(problem)
                        .contains(
                                "Shard eu-2 has schema version 1; this version of Ringshard works with 2",
                                "Run init")));
    }

    @Test
    void what_is_more_than_additive_is_refused_by_processes_of_this_version() throws SQLException {
        migrate(databases.get(0), 3, "additive column everywhere");
        migrate(databases.get(0), 4, "another meaning");

        assertThatThrownBy(() -> Ringshard.open(config).close())
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining(
                        "Shard eu-1 has schema version 4, for which a newer version of Ringshard is needed")
                .hasMessageContaining("nothing was written");
    }

    /** Often enough that drivers and databases prepare the statements. */
    private void assertWorks(Ringshard cluster) {
        CustomerRepository customers = cluster.customers();
        BigDecimal before = customers.totals().money();
        for (int i = 0; i < CUSTOMERS; i++) {
            String key = "c-" + i;
            customers.deposit(key, Account.SAVINGS, TEN, operation());
            customers.transfer(
                    new AccountRef(key, Account.SAVINGS),
                    new AccountRef("c-" + (i + 1) % CUSTOMERS, Account.CHECKING),
                    BigDecimal.ONE,
                    operation());
            assertThat(customers.find(key)).isPresent();
        }
        assertThat(customers.totals().money())
                .isEqualByComparingTo(before.add(TEN.multiply(BigDecimal.valueOf(CUSTOMERS))));
    }

    private OperationId operation() {
        return new OperationId("o-" + operations++);
    }

    private static void migrate(TestDatabase database, int version, String description) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet row = statement.executeQuery("""
                    SELECT table_name FROM information_schema.tables
                    WHERE lower(table_schema) = 'ringshard' AND table_type LIKE 'BASE TABLE'
                        AND lower(table_name) NOT IN ('schema_history', 'bank_history', 'outbox', 'inbox')""")) {
                while (row.next()) {
                    tables.add(row.getString(1));
                }
            }
            assertThat(tables).hasSizeGreaterThan(8);
            for (String table : tables) {
                statement.execute("ALTER TABLE ringshard.%s ADD COLUMN of_version_%d varchar(10) DEFAULT 'new' NOT NULL"
                        .formatted(table, version));
            }
            statement.execute("CREATE TABLE ringshard.of_version_%d (number int)".formatted(version));
            statement.execute("""
                    INSERT INTO ringshard."schema_history" ("installed_rank", "version", "description", "type", "script",
                        "checksum", "installed_by", "execution_time", "success")
                    VALUES (%1$d, '%1$d', '%2$s', 'JDBC', 'V%1$d.sql', 0, 'next', 1, TRUE)""".formatted(version, description));
        }
    }
}
