package dev.ringshard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ringshard.failure.ConfigurationException;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TablesConfigTest {
    private static final String CLUSTER = """
            cluster: bank
            shards: [ { name: eu-1, url: "jdbc:h2:file:./1" } ]
            """;
    private static final ShardConfig ONE = ShardConfig.of("eu-1", "jdbc:h2:file:./1", "", "");

    @Test
    void without_tables_of_its_own_a_cluster_has_those_of_ringshard() {
        RingshardConfig config = RingshardConfig.parse(CLUSTER, Map.of());

        assertThat(config.tables()).isEqualTo(TablesConfig.NONE);
        assertThat(config.shardedTables())
                .extracting(ShardedTable::name)
                .containsExactly("customers", "account_entries");
    }

    @Test
    void tables_are_read_and_mean_the_same_as_in_the_builder() {
        RingshardConfig read = RingshardConfig.parse(CLUSTER + """
                tables:
                  names: [ Notes, crm.visits ]
                  migrations:
                    - filesystem:${DIRECTORY}/{vendor}
                    - classpath:db/notes
                """, Map.of("DIRECTORY", "/srv/db"));

        assertThat(read)
                .isEqualTo(RingshardConfig.builder("bank")
                        .shard(ONE)
                        .table(new ShardedTable("notes"))
                        .table(new ShardedTable("CRM.Visits"))
                        .migrations("filesystem:/srv/db/{vendor}")
                        .migrations("classpath:db/notes")
                        .build());
        assertThat(read.shardedTables())
                .extracting(ShardedTable::name)
                .containsExactly("customers", "account_entries", "notes", "crm.visits");
        assertThat(read.tables().migrations("h2")).containsExactly("filesystem:/srv/db/h2", "classpath:db/notes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x\"; DROP TABLE customers; --",
                "x; DROP TABLE customers",
                "x'); DROP TABLE customers; --",
                "\"quoted\"",
                "notes WHERE 1 = 1",
                "notes, customers",
                "notes--",
                "notes/**/",
                "notes\n",
                "x\"; DROP SCHEMA ringshard; --.notes",
                "crm.x'; --",
                "a.b.c",
                "",
                ".notes",
                "$notes",
                "ｎｏｔｅｓ"
            })
    void a_name_that_could_be_more_than_a_name_is_refused_wherever_it_comes_from(String name) {
        assertThat(failure(() -> new ShardedTable(name))).hasMessageContaining("sharded table");
        String yaml = CLUSTER
                + "tables: { names: [ \"%s\" ] }"
                        .formatted(name.replace("\"", "\\\"").replace("\n", "\\n"));
        assertThat(failure(() -> RingshardConfig.parse(yaml, Map.of()))).hasMessageContaining("tables.names[0]");
    }

    @Test
    void tables_stay_when_shards_come_and_go() {
        RingshardConfig config = RingshardConfig.builder("bank")
                .shard(ONE)
                .table(new ShardedTable("notes"))
                .migrations("classpath:db/notes")
                .build();
        ShardConfig two = ShardConfig.of("eu-2", "jdbc:h2:file:./2", "", "");

        assertThat(config.withShard(two).withoutShard("eu-1").tables()).isEqualTo(config.tables());
    }

    @Test
    void all_mistakes_are_reported_at_once_in_the_order_of_their_lines() {
        String yaml = CLUSTER + """
                tables:
                  name: [ notes ]
                  names:
                    - notes
                    - NOTES
                    - customers
                    - "visits; DROP TABLE notes"
                    - ~
                    - [ visits ]
                  migrations:
                    - db/migration
                    - filsystem:db
                    - classpath:db/{vendr}
                    - "classpath:"
                    - ${NOWHERE}
                    - filesystem:db
                    - filesystem:db
                """;

        assertThat(failure(() -> RingshardConfig.parse(yaml, Map.of())).problems())
                .containsExactly(
                        "tables.name (line 4) is no known key: did you mean 'names'?",
                        "tables.names[1] (line 7) is 'NOTES', as is names[0]: give it once.",
                        "tables.names[2] (line 8) is 'customers', which is Ringshard's own, always there and before all"
                                + " others: leave it out.",
                        "tables.names[3] (line 9) is 'visits; DROP TABLE notes': 1 to 63 letters, digits and '_' are"
                                + " allowed, the first no digit, and as much with a '.' before it for the schema.",
                        "tables.names[4] (line 10) is missing: the name of a table is required.",
                        "tables.names[5] (line 11) is a list: a single value is allowed.",
                        "tables.migrations[0] (line 13) is 'db/migration': a location that begins with classpath: or"
                                + " filesystem: is allowed, such as filesystem:db/migration.",
                        "tables.migrations[1] (line 14) is 'filsystem:db': did you mean 'filesystem:'?",
                        "tables.migrations[2] (line 15) has '{vendr}' in it: only {vendor} is allowed, which stands for"
                                + " postgresql or h2.",
                        "tables.migrations[3] (line 16) is 'classpath:', which names no place: a location that begins"
                                + " with classpath: or filesystem: is allowed, such as filesystem:db/migration.",
                        "tables.migrations[4] (line 17) needs the environment variable NOWHERE, which is not set: set"
                                + " it, or write ${NOWHERE:default}.",
                        "tables.migrations[6] (line 19) is 'filesystem:db', as is migrations[5]: give it once.");
    }

    @Test
    void lists_that_are_none_are_refused() {
        String yaml = CLUSTER + """
                tables:
                  names: notes
                  migrations: { at: db }
                """;

        assertThat(failure(() -> RingshardConfig.parse(yaml, Map.of())).problems())
                .containsExactly(
                        "tables.names (line 4) is a single value: a list is allowed.",
                        "tables.migrations (line 5) is a mapping: a list is allowed.");
    }

    @Test
    void the_builder_obeys_the_same_rules() {
        RingshardConfig.Builder builder = RingshardConfig.builder("bank")
                .shard(ONE)
                .table(new ShardedTable("account_entries"))
                .migrations("db/notes");

        assertThat(failure(builder::build)).hasMessage("""
                tables: 2 problems. Nothing was opened or written.
                  - names[0] is 'account_entries', which is Ringshard's own, always there and before all others: leave it out.
                  - migrations[0] is 'db/notes': a location that begins with classpath: or filesystem: is allowed, such as filesystem:db/migration.""".replace("\n", System.lineSeparator()));
    }

    @Test
    void a_table_is_a_plain_identifier_that_fits_postgresql() {
        for (String name : List.of("", "1st", "a.b.c", "a b", "\"notes\"", "n".repeat(64), "nötes", "notes\n")) {
            assertThat(failure(() -> new ShardedTable(name)).problems())
                    .singleElement()
                    .asString()
                    .startsWith("name is ")
                    .contains("1 to 63 letters, digits and '_' are allowed");
        }
        assertThat(new ShardedTable("_" + "n".repeat(62)).name()).hasSize(63);
    }

    private static ConfigurationException failure(ThrowingCallable call) {
        return catchThrowableOfType(ConfigurationException.class, call);
    }
}
