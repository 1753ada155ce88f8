package dev.ringshard.internal.tables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Joining;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.ownership.Membership;
import dev.ringshard.internal.ownership.SchemaVersion;
import dev.ringshard.internal.schema.ApplicationSchema;
import dev.ringshard.internal.schema.ShardSchema;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Migrates each kind of database from nothing, and compares what comes out. */
class SameColumnsTest {

    @Test
    void both_databases_get_the_same_tables_and_columns() throws SQLException {
        Set<String> postgres = columns(migrated(DatabaseKind.POSTGRESQL));
        Set<String> h2 = columns(migrated(DatabaseKind.H2));

        // Only PostgreSQL knows its tables by numbers.
        assertThat(postgres.removeIf(column -> column.contains(".table_number ")))
                .isTrue();
        assertThat(h2).isEqualTo(postgres);
        assertThat(postgres)
                .hasSizeGreaterThan(40)
                .contains("customers.ring_token BIGINT NO", "customers.savings NUMERIC 19,2 NO");
    }

    private static TestDatabase migrated(DatabaseKind kind) {
        TestDatabase database = TestCluster.database(kind);
        RingshardConfig config = TestCluster.config(TestCluster.shards(List.of(database)));
        try (Shards shards = Shards.open(config.shards())) {
            Shard shard = shards.get("eu-1");
            ApplicationSchema schema = Joining.schema(config);
            assertThat(ShardSchema.migrate(shard, schema).migrations()).isEqualTo(4);
            assertThat(ShardSchema.migrate(shard, schema).migrations())
                    .as("a second time")
                    .isZero();
            String version = shard.snapshot(
                    transaction -> SchemaVersion.of(transaction.dsl()).newest());
            assertThat(version).isEqualTo(Membership.SCHEMA_VERSION);
        }
        return database;
    }

    private static Set<String> columns(TestDatabase database) throws SQLException {
        Set<String> columns = new TreeSet<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT table_name, column_name, data_type, numeric_precision, numeric_scale,
                               character_maximum_length, is_nullable
                        FROM information_schema.columns
                        WHERE lower(table_schema) IN ('ringshard', 'public')
                          AND lower(table_name) NOT IN ('schema_history', 'bank_history')""")) {
            while (rows.next()) {
                String type = rows.getString("data_type").toUpperCase(Locale.ROOT);
                String size = type.equals("NUMERIC")
                        ? " " + rows.getInt("numeric_precision") + "," + rows.getInt("numeric_scale")
                        : type.startsWith("CHARACTER") ? " " + rows.getInt("character_maximum_length") : "";
                columns.add(
                        (rows.getString("table_name") + "." + rows.getString("column_name")).toLowerCase(Locale.ROOT)
                                + " " + type + size + " " + rows.getString("is_nullable"));
            }
        }
        return columns;
    }
}
