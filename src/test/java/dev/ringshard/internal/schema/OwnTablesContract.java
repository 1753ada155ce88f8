package dev.ringshard.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ringshard.Joining;
import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.ownership.MigrationHistory;
import dev.ringshard.internal.ownership.ShardReading;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.status.InitOutcome;
import dev.ringshard.status.InitOutcome.Fenced;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables of an application's own: migrated, checked and fenced on every shard. Nothing moves here. */
abstract class OwnTablesContract {
    private static final String NOTES = "classpath:db/notes";
    private static final int OURS = 4;

    private final List<TestDatabase> databases = List.of(TestCluster.database(kind()), TestCluster.database(kind()));

    final Path migrations;

    OwnTablesContract(Path migrations) {
        this.migrations = migrations;
    }

    abstract DatabaseKind kind();

    @Test
    void init_makes_them_on_every_shard_after_those_of_ringshard_and_fences_them() throws SQLException {
        RingshardConfig config = config().migrations(NOTES).build();

        assertThat(Ringshard.init(config).migrations()).isEqualTo(2 * (OURS + 1));

        try (Ringshard bank = Ringshard.open(config)) {
            int notes = bank.router().transaction("ada", tx -> {
                long token = tx.token("ada");
                tx.dsl()
                        .execute(
                                "INSERT INTO customers (customer_key, first_name, last_name, ring_token)"
                                        + " VALUES ('ada', 'Ada', 'Lovelace', ?)",
                                token);
                tx.dsl()
                        .execute(
                                "INSERT INTO notes (customer_key, note_text, ring_token) VALUES ('ada', 'x', ?)",
                                token);
                return tx.dsl()
                        .execute("INSERT INTO visits (customer_key, note_id, ring_token)"
                                + " SELECT customer_key, note_id, ring_token FROM notes");
            });
            assertThat(notes).isEqualTo(1);
        }
        assertIsFenced("notes", "(customer_key, ring_token) VALUES ('x', %d)");
        assertIsFenced("visits", "(customer_key, note_id, ring_token) VALUES ('x', 1, %d)");
    }

    @Test
    void repeating_init_runs_what_is_new_and_changes_nothing_else() throws SQLException, IOException {
        Ringshard.init(config().migrations(NOTES).build());
        long owned = number(0, "SELECT count(*) FROM ringshard.owned_range");
        migration("V2__author.sql", "ALTER TABLE notes ADD COLUMN author varchar(20)");
        RingshardConfig.Builder more = config().migrations(NOTES).migrations("filesystem:" + migrations);

        assertThat(Ringshard.init(more.build())).isEqualTo(new InitOutcome(2, List.of(), List.of()));
        assertThat(Ringshard.init(more.build())).isEqualTo(new InitOutcome(0, List.of(), List.of()));

        assertThat(number(1, "SELECT count(author) FROM notes")).isZero();
        assertThat(number(0, "SELECT count(*) FROM ringshard.owned_range")).isEqualTo(owned);
    }

    @Test
    void a_column_that_is_dropped_before_ring_token_does_not_shift_the_fence() throws SQLException, IOException {
        Ringshard.init(config().migrations(NOTES).build());
        migration("V2__no_time.sql", "ALTER TABLE notes DROP COLUMN written_at; ALTER TABLE notes ADD COLUMN n int");

        Ringshard.init(config().migrations(NOTES)
                .migrations("filesystem:" + migrations)
                .build());

        assertIsFenced("notes", "(customer_key, ring_token, n) VALUES ('x', %d, 1)");
    }

    @Test
    void a_location_may_depend_on_the_kind_of_database() throws IOException {
        String vendor = kind() == DatabaseKind.H2 ? "h2" : "postgresql";
        Files.createDirectories(migrations.resolve(vendor));
        migration(vendor + "/V2__only_here.sql", "CREATE TABLE countries (code char(2) PRIMARY KEY)");

        RingshardConfig config = config().migrations(NOTES)
                .migrations("filesystem:" + migrations + "/{vendor}")
                .build();

        assertThat(Ringshard.init(config).migrations()).isEqualTo(2 * (OURS + 2));
    }

    @Test
    void a_migration_that_fails_says_where_and_why_and_can_be_mended() throws IOException, SQLException {
        migration("V2__visitors.sql", "CREATE TABLE ages (age int);\n\nALTER TABLE nowhere ADD COLUMN age int;\n");
        RingshardConfig config = config().migrations(NOTES)
                .migrations("filesystem:" + migrations)
                .build();

        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(SqlFailedException.class)
                .hasMessageStartingWith("Shard eu-1 could not be migrated by tables.migrations: ")
                .hasMessageContaining("V2__visitors.sql, line 3: ")
                .hasMessageContaining("no token was handed out. Mend the cause and repeat.")
                .message()
                .containsIgnoringCase("nowhere");
        assertThat(number(0, "SELECT count(*) FROM ringshard.owned_range")).isZero();

        migration("V2__visitors.sql", "ALTER TABLE visits ADD COLUMN age int");
        assertThat(Ringshard.init(config).founded()).containsExactly("eu-1", "eu-2");
    }

    @Test
    void a_migration_that_was_changed_after_it_ran_is_refused() throws IOException {
        RingshardConfig config = config().migrations(NOTES)
                .migrations("filesystem:" + migrations)
                .build();
        migration("V2__more.sql", "ALTER TABLE notes ADD COLUMN author varchar(20)");
        Ringshard.init(config);
        migration("V2__more.sql", "ALTER TABLE notes ADD COLUMN author varchar(30)");

        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(SqlFailedException.class)
                .hasMessageContaining("Migration checksum mismatch for migration version 2");
    }

    /** The third; the second ran. */
    private RingshardConfig withAMigrationThatFailed() throws IOException {
        RingshardConfig config = config().migrations(NOTES)
                .migrations("filesystem:" + migrations)
                .build();
        migration("V2__more.sql", "ALTER TABLE notes ADD COLUMN author varchar(20)");
        migration("V3__wrong.sql", "ALTER TABLE nowhere ADD COLUMN age int");
        assertThatThrownBy(() -> Ringshard.init(config)).isInstanceOf(SqlFailedException.class);
        return config;
    }

    /** Repairing what failed must not take what was edited for what ran. */
    @Test
    void a_migration_that_failed_is_mended_and_one_that_was_changed_beside_it_is_refused() throws IOException {
        RingshardConfig config = withAMigrationThatFailed();
        migration("V2__more.sql", "ALTER TABLE notes ADD COLUMN author varchar(30)");
        migration("V3__wrong.sql", "ALTER TABLE visits ADD COLUMN age int");

        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(SqlFailedException.class)
                .message()
                .containsAnyOf(
                        "the migrations 2 have been changed since they ran, or are missing",
                        "checksum mismatch for migration version 2");

        migration("V2__more.sql", "ALTER TABLE notes ADD COLUMN author varchar(20)");
        assertThat(Ringshard.init(config).founded()).containsExactly("eu-1", "eu-2");
    }

    /** Repairing what failed must not forget what ran: it would run again once it is back. */
    @Test
    void a_migration_that_failed_is_mended_and_one_that_is_missing_beside_it_is_refused() throws IOException {
        RingshardConfig config = withAMigrationThatFailed();
        Files.delete(migrations.resolve("V2__more.sql"));
        migration("V3__wrong.sql", "ALTER TABLE visits ADD COLUMN age int");

        assertThatThrownBy(() -> Ringshard.init(config)).isInstanceOf(SqlFailedException.class);

        migration("V2__more.sql", "ALTER TABLE notes ADD COLUMN author varchar(20)");
        assertThat(Ringshard.init(config).founded()).containsExactly("eu-1", "eu-2");
    }

    @Test
    void a_location_that_is_not_there_is_named() {
        assertThatThrownBy(() ->
                        Ringshard.init(config().migrations("classpath:db/nots").build()))
                .isInstanceOf(SqlFailedException.class)
                .hasMessageContaining("db/nots");
    }

    @Test
    void a_column_whose_name_is_more_than_a_name_is_refused_and_never_run() throws IOException, SQLException {
        migration("V1__tables.sql", """
                CREATE TABLE victims (id int);
                CREATE TABLE traps ("id from traps; drop table victims; --" int, ring_token bigint NOT NULL);
                CREATE INDEX traps_ring_token ON traps (ring_token);
                """);

        assertThat(problems(
                        config("traps").migrations("filesystem:" + migrations).build()))
                .containsExactly("traps cannot be read as a handover reads it, without quotes around names (it has a"
                        + " column \"id from traps; drop table victims; --\"): rename what needs them.");
        assertThat(number(0, "SELECT count(*) FROM victims")).isZero();
    }

    @Test
    void a_location_is_a_place_and_no_sql() throws SQLException {
        RingshardConfig config = config().migrations("filesystem:" + migrations + "/x'; DROP TABLE customers; --")
                .build();

        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(SqlFailedException.class)
                .hasMessageContaining("/x'; DROP TABLE customers; --");
        assertThat(number(0, "SELECT count(*) FROM customers")).isZero();
    }

    @Test
    void all_rules_that_tables_break_are_told_at_once_and_nothing_is_fenced() throws IOException, SQLException {
        migration("V1__tables.sql", """
                CREATE TABLE bare (id int);
                CREATE TABLE loose (ring_token int, id int);
                CREATE TABLE slow (ring_token bigint NOT NULL, id int);
                CREATE INDEX slow_id ON slow (id, ring_token);
                CREATE TABLE summed (ring_token bigint NOT NULL, a int, b int GENERATED ALWAYS AS (a + 1) %s);
                CREATE INDEX summed_ring_token ON summed (ring_token);
                CREATE TABLE parents (id bigint PRIMARY KEY, ring_token bigint NOT NULL);
                CREATE INDEX parents_ring_token ON parents (ring_token);
                CREATE TABLE children (id bigint REFERENCES parents, ring_token bigint NOT NULL);
                CREATE INDEX children_ring_token ON children (ring_token);
                CREATE TABLE strangers (id bigint REFERENCES parents);
                CREATE TABLE forgotten (id bigint, ring_token bigint);
                CREATE VIEW seen AS SELECT * FROM customers;
                """.formatted(kind() == DatabaseKind.H2 ? "" : "STORED"));
        RingshardConfig config = config(
                        "missing", "seen", "bare", "loose", "slow", "summed", "children", "parents", "public.slow")
                .migrations("filesystem:" + migrations)
                .build();

        assertThat(problems(config))
                .containsExactly(
                        "missing is not there, or is no table (there is no table public.missing): make it by a migration,"
                                + " or correct tables.sharded.",
                        "seen is not there, or is no table (there is no table public.seen): make it by a migration, or"
                                + " correct tables.sharded.",
                        "bare has no column ring_token: add \"ring_token bigint not null\", which holds the token of the"
                                + " row's key, or name the column of the key (key: …).",
                        "loose has a column ring_token that is integer: make it \"bigint not null\".",
                        "loose has no index that begins with ring_token, so that each handover would read all of it:"
                                + " CREATE INDEX loose_ring_token ON loose (ring_token).",
                        "slow has no index that begins with ring_token, so that each handover would read all of it:"
                                + " CREATE INDEX slow_ring_token ON slow (ring_token).",
                        "public.slow is the same table as slow: name it once.",
                        "children refers to public.parents by a foreign key: name public.parents before it.",
                        "parents is referred to by public.strangers, whose rows would stay behind: name that table in"
                                + " tables.sharded, with its key, or drop its foreign key.");
        assertThatCode(() -> sql(0, "INSERT INTO slow VALUES (1, 1)")).doesNotThrowAnyException();
        assertThat(number(0, "SELECT count(*) FROM ringshard.owned_range")).isZero();
    }

    @Test
    void a_column_that_needs_quotes_is_refused_before_a_handover_stumbles_over_it() throws IOException {
        migration("V1__quoted.sql", """
                CREATE TABLE quoted (ring_token bigint NOT NULL, "order" int);
                CREATE INDEX quoted_ring_token ON quoted (ring_token);
                """);

        assertThat(problems(
                        config("quoted").migrations("filesystem:" + migrations).build()))
                .singleElement()
                .asString()
                .startsWith("quoted cannot be read as a handover reads it, without quotes around names (")
                .endsWith("): rename what needs them.");
    }

    @Test
    void a_table_may_stand_in_a_schema_of_its_own_and_beside_one_whose_name_is_alike()
            throws IOException, SQLException {
        migration("V1__visits.sql", """
                CREATE SCHEMA crm;
                CREATE TABLE crm.my_visits (customer_key varchar(255), ring_token bigint NOT NULL);
                CREATE INDEX my_visits_ring_token ON crm.my_visits (ring_token);
                CREATE TABLE crm.my1visits (ring_token bigint NOT NULL, customer_key varchar(255));
                CREATE INDEX my1visits_ring_token ON crm.my1visits (ring_token);
                """);
        RingshardConfig config = config("CRM.My_Visits", "crm.my1visits")
                .migrations("filesystem:" + migrations)
                .build();

        Ringshard.init(config);

        assertIsFenced("crm.my_visits", "(customer_key, ring_token) VALUES ('x', %d)");
        assertIsFenced("crm.my1visits", "(customer_key, ring_token) VALUES ('x', %d)");
    }

    @Test
    void a_fence_that_was_taken_away_is_put_back() throws SQLException {
        RingshardConfig config = config().migrations(NOTES).build();
        Ringshard.init(config);
        sql(0, takeAway("notes"));

        assertThat(Ringshard.init(config))
                .isEqualTo(new InitOutcome(0, List.of(new Fenced("eu-1", "notes")), List.of()));

        assertIsFenced("notes", "(customer_key, ring_token) VALUES ('x', %d)");
    }

    /** A statement that ends the fence on a table. */
    abstract String takeAway(String table);

    @Test
    void one_shard_can_be_brought_to_the_schema_without_becoming_a_member() {
        RingshardConfig config = config().migrations(NOTES).build();
        try (Shards shards = Shards.open(config.shards())) {
            assertThat(ShardSchema.bring(shards.get("eu-2"), Joining.schema(config))
                            .migrations())
                    .isEqualTo(OURS + 1);
            assertThat(ShardSchema.bring(shards.get("eu-2"), Joining.schema(config))
                            .migrations())
                    .isZero();

            ShardReading reading = ShardReading.of(shards.get("eu-2"));
            assertThat(reading.isNew()).isTrue();
            assertThat(reading.ranges().owned()).isEmpty();
            String version = shards.get("eu-2").snapshot(looking -> MigrationHistory.ofApplication(
                            config.tables().historyTable())
                    .version(looking.dsl()));
            assertThat(version).isEqualTo("1");
        }
    }

    List<String> problems(RingshardConfig config) {
        ForeignShardException failure = catchThrowableOfType(ForeignShardException.class, () -> Ringshard.init(config));
        assertThat(failure)
                .hasMessageStartingWith("Shard eu-1 has tables that cannot be fenced and moved with their keys.");
        return String.valueOf(failure.getMessage())
                .lines()
                .skip(1)
                .map(line -> line.replaceFirst("^  - ", ""))
                .toList();
    }

    /** A token that the first shard does not own is refused, and one that it owns fails on the foreign key at worst. */
    private void assertIsFenced(String table, String columnsAndValues) throws SQLException {
        long own = number(0, "SELECT min(first_token) FROM ringshard.owned_range");
        long foreign = number(1, "SELECT min(first_token) FROM ringshard.owned_range");
        String insert = "INSERT INTO " + table + " " + columnsAndValues;
        assertThatThrownBy(() -> sql(0, insert.formatted(foreign)))
                .isInstanceOfSatisfying(SQLException.class, refusal -> assertThat(refusal.getSQLState())
                        .isEqualTo(FailureKind.NOT_OWNER_STATE));
        try {
            sql(0, insert.formatted(own));
        } catch (SQLException foreignKey) {
            assertThat(foreignKey.getSQLState()).startsWith("23");
        }
    }

    /** Of two shards with the tables named; with notes and visits if there are none. */
    RingshardConfig.Builder config(String... tables) {
        RingshardConfig.Builder config = RingshardConfig.builder("bank")
                .ring(RingConfig.DEFAULT.withVirtualNodes(8))
                .shards(List.of(shard(0), shard(1)));
        for (String table : tables.length == 0 ? new String[] {"notes", "visits"} : tables) {
            config.table(ShardedTable.byToken(table, "ring_token"));
        }
        return config;
    }

    private ShardConfig shard(int index) {
        return TestCluster.shard("eu-" + (index + 1), databases.get(index));
    }

    void migration(String file, String sql) throws IOException {
        Files.writeString(migrations.resolve(file), sql);
    }

    void sql(int index, String sql) throws SQLException {
        try (Connection connection = databases.get(index).connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long number(int index, String sql) throws SQLException {
        try (Connection connection = databases.get(index).connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
