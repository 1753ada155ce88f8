package dev.ringshard.internal.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ringshard.Joining;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.config.TablesConfig;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.internal.schema.ApplicationSchema;
import dev.ringshard.internal.schema.ShardSchema;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What has to be the same on two shards, of whatever kinds. That values of equal types do fit is shown where they move. */
@Tag("ci")
class SchemaComparisonPostgresTest {
    /** The notes refer to what is there without them. */
    private static final ApplicationSchema NONE = Joining.schema(
            TestCluster.config(List.of(ShardConfig.of("eu-1", "jdbc:h2:mem:none;DB_CLOSE_DELAY=-1", "", ""))));

    private static final ApplicationSchema NOTES = new ApplicationSchema(
            NONE.shipped(),
            new TablesConfig(
                    List.of(ShardedTable.byToken("notes", "ring_token"), ShardedTable.byToken("visits", "ring_token")),
                    List.of(),
                    List.of("classpath:db/notes"),
                    TablesConfig.DEFAULT_HISTORY_TABLE));

    private static final Map<DatabaseKind, TestDatabase> ONE_OF_EACH = new EnumMap<>(DatabaseKind.class);

    private final List<TestDatabase> databases = new ArrayList<>();

    @BeforeAll
    static void oneDatabaseOfEachKind() {
        for (DatabaseKind kind : DatabaseKind.values()) {
            ONE_OF_EACH.put(kind, TestCluster.database(kind));
        }
    }

    @ParameterizedTest
    @CsvSource({"H2, H2", "POSTGRESQL, POSTGRESQL", "H2, POSTGRESQL", "POSTGRESQL, H2"})
    void shards_that_were_migrated_alike_are_alike(DatabaseKind one, DatabaseKind other) {
        try (Shards shards = shards(one, other)) {
            shards.all().forEach(shard -> ShardSchema.bring(shard, NOTES));

            assertThatCode(() -> compare(shards)).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @CsvSource({"POSTGRESQL, POSTGRESQL", "H2, POSTGRESQL"})
    void all_that_differs_is_told_at_once(DatabaseKind one, DatabaseKind other) throws SQLException {
        try (Shards shards = shards(one, other)) {
            shards.all().forEach(shard -> ShardSchema.bring(shard, NOTES));
            sql(0, "ALTER TABLE notes ADD COLUMN author varchar(20)");
            sql(0, "ALTER TABLE notes ADD COLUMN price numeric(10, 2)");
            sql(1, "ALTER TABLE notes ADD COLUMN price numeric(10, 3)");
            sql(0, "ALTER TABLE visits ADD COLUMN seen timestamp(3)");
            sql(1, "ALTER TABLE visits ADD COLUMN seen timestamp(3) with time zone");
            sql(1, "ALTER TABLE notes ALTER COLUMN written_at SET NOT NULL");
            sql(0, "DELETE FROM \"flyway_schema_history\" WHERE \"version\" = '1'");

            assertThat(failure(shards)).hasMessage("""
                    Rows cannot move between shards eu-1 and eu-2. Nothing was moved. Run init, which migrates both; what remains, mend by a migration or in tables.sharded.
                      - the version of the tables by tables.migrations is 0 on eu-1 and 1 on eu-2.
                      - notes.author is text(20) on eu-1 and absent on eu-2.
                      - notes.price is numeric(10,2) on eu-1 and numeric(10,3) on eu-2.
                      - notes.written_at is timestamp(6) on eu-1 and timestamp(6) not null on eu-2.
                      - visits.seen is timestamp(3) on eu-1 and timestamp with time zone(3) on eu-2.""".replace("\n", System.lineSeparator()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_shard_that_was_not_migrated_yet_is_told_by_its_version(DatabaseKind kind) {
        try (Shards shards = shards(kind, kind)) {
            ShardSchema.bring(shards.get("eu-1"), NOTES);
            ShardSchema.bring(shards.get("eu-2"), NONE);

            assertThat(failure(shards))
                    .hasMessageContaining(
                            "- the version of the tables by tables.migrations is 1 on eu-1 and none on eu-2.")
                    .hasMessageContaining("- on eu-2, notes is not there, or is no table");
        }
    }

    @Test
    void a_mover_that_does_not_know_a_sharded_table_is_refused() {
        try (Shards shards = shards(DatabaseKind.H2, DatabaseKind.H2)) {
            shards.all().forEach(shard -> ShardSchema.bring(shard, NOTES));
            List<Shard> all = List.copyOf(shards.all());

            ForeignShardException failure = catchThrowableOfType(
                    ForeignShardException.class,
                    () -> new SchemaComparison(NONE.sharded(), NONE.histories()).requireAlike(all.get(0), all.get(1)));

            assertThat(failure)
                    .hasMessageContaining("- on eu-1, public.notes is fenced as a sharded table and is not named")
                    .hasMessageContaining("- on eu-2, public.visits is fenced as a sharded table and is not named");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "varchar(10)              | varchar(10)",
                "text                     | varchar",
                "char(3)                  | char(3)",
                "boolean                  | boolean",
                "smallint                 | smallint",
                "int                      | int",
                "numeric(10, 2)           | decimal(10, 2)",
                "real                     | real",
                "float                    | float",
                "date                     | date",
                "time                     | time(6)",
                "time with time zone      | time(6) with time zone",
                "timestamp                | timestamp",
                "timestamp with time zone | timestamp with time zone",
                "bytea                    | varbinary",
                "uuid                     | uuid"
            })
    void types_whose_values_fit_are_alike_on_both_kinds_of_database(String postgresql, String h2) throws SQLException {
        assertThat(type(DatabaseKind.POSTGRESQL, postgresql)).isEqualTo(type(DatabaseKind.H2, h2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "varchar(10) | varchar(11)",
                "varchar(10) | char(10)",
                "varchar     | varchar(1000)",
                "smallint    | int",
                "int         | bigint",
                "numeric     | numeric",
                "real        | float",
                "time        | time",
                "timestamp   | timestamp(9)",
                "json        | json",
                "int array   | int array",
                "bit(1)      | boolean"
            })
    void types_whose_values_might_not_fit_differ(String postgresql, String h2) throws SQLException {
        assertThat(type(DatabaseKind.POSTGRESQL, postgresql)).isNotEqualTo(type(DatabaseKind.H2, h2));
    }

    private static ColumnType type(DatabaseKind kind, String sql) throws SQLException {
        TestDatabase database = Objects.requireNonNull(ONE_OF_EACH.get(kind));
        try (Shards shards = Shards.open(List.of(TestCluster.shard("eu-1", database)));
                Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS typed");
            statement.execute("CREATE TABLE typed (v " + sql + ")");
            return shards.get("eu-1")
                    .snapshot(reading -> {
                        Catalog catalog = Catalog.of(reading);
                        return catalog.columns(catalog.name(ShardedTable.byToken("typed", "ring_token")));
                    })
                    .get(0)
                    .type();
        }
    }

    private Shards shards(DatabaseKind one, DatabaseKind other) {
        databases.add(TestCluster.database(one));
        databases.add(TestCluster.database(other));
        return Shards.open(
                List.of(TestCluster.shard("eu-1", databases.get(0)), TestCluster.shard("eu-2", databases.get(1))));
    }

    private static void compare(Shards shards) {
        List<Shard> all = List.copyOf(shards.all());
        new SchemaComparison(NOTES.sharded(), NOTES.histories()).requireAlike(all.get(0), all.get(1));
    }

    private static ForeignShardException failure(Shards shards) {
        return catchThrowableOfType(ForeignShardException.class, () -> compare(shards));
    }

    private void sql(int index, String sql) throws SQLException {
        try (Connection connection = databases.get(index).connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
