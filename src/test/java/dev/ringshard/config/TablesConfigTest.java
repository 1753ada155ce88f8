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
                .containsExactly(
                        "customers", "account_entries", "customer_clearing", "ringshard.outbox", "ringshard.inbox");
        assertThat(config.countedTables())
                .extracting(ShardedTable::name)
                .containsExactly("customers", "account_entries");
    }

    @Test
    void tables_are_read_and_mean_the_same_as_in_the_builder() {
        RingshardConfig read = RingshardConfig.parse(CLUSTER + """
                tables:
                  sharded:
                    - { name: Notes, key: customer_key, token: ring_token }
                    - { name: crm.visits, key: Customer }
                  reference: [ Currencies, crm.countries ]
                  migrations:
                    - filesystem:${DIRECTORY}/{vendor}
                    - classpath:db/notes
                  history-table: our_history
                """, Map.of("DIRECTORY", "/srv/db"));

        assertThat(read)
                .isEqualTo(RingshardConfig.builder("bank")
                        .shard(ONE)
                        .table(ShardedTable.byToken("notes", "RING_TOKEN").withKey("customer_key"))
                        .table(ShardedTable.byKey("CRM.Visits", "customer"))
                        .referenceTable("currencies")
                        .referenceTable("CRM.Countries")
                        .historyTable("our_history")
                        .migrations("filesystem:/srv/db/{vendor}")
                        .migrations("classpath:db/notes")
                        .build());
        assertThat(read.shardedTables())
                .extracting(ShardedTable::name)
                .containsExactly(
                        "customers",
                        "account_entries",
                        "customer_clearing",
                        "notes",
                        "crm.visits",
                        "ringshard.outbox",
                        "ringshard.inbox");
        assertThat(read.tables().migrations("h2")).containsExactly("filesystem:/srv/db/h2", "classpath:db/notes");
    }

    @Test
    void reference_tables_have_names_of_their_own() {
        ConfigurationException wrong = catchThrowableOfType(
                ConfigurationException.class, () -> RingshardConfig.parse(CLUSTER + """
                        tables:
                          sharded: [ { name: notes, key: id } ]
                          reference: [ "a b", notes, countries, Countries ]
                        """, Map.of()));

        assertThat(wrong)
                .hasMessageContaining("tables.reference[0]")
                .hasMessageContaining("tables.reference[1]")
                .hasMessageContaining("tables.reference[3]")
                .hasMessageNotContaining("tables.reference[2] ");
        assertThat(catchThrowableOfType(
                        ConfigurationException.class,
                        () -> RingshardConfig.parse(CLUSTER + "tables: { reference: [ customers ] }", Map.of())))
                .hasMessageContaining("a table of Ringshard's own");
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
        assertThat(failure(() -> ShardedTable.byKey(name, "id"))).hasMessageContaining("sharded table");
        assertThat(failure(() -> ShardedTable.byKey("notes", name))).hasMessageContaining("key is");
        String yaml = CLUSTER
                + "tables: { sharded: [ { name: \"%s\", key: id } ] }"
                        .formatted(name.replace("\"", "\\\"").replace("\n", "\\n"));
        assertThat(failure(() -> RingshardConfig.parse(yaml, Map.of()))).hasMessageContaining("tables.sharded[0].name");
    }

    @Test
    void tables_stay_when_shards_come_and_go() {
        RingshardConfig config = RingshardConfig.builder("bank")
                .shard(ONE)
                .table(ShardedTable.byKey("notes", "customer"))
                .migrations("classpath:db/notes")
                .build();
        ShardConfig two = ShardConfig.of("eu-2", "jdbc:h2:file:./2", "", "");

        assertThat(config.withShard(two).withoutShard("eu-1").tables()).isEqualTo(config.tables());
    }

    @Test
    void all_mistakes_are_reported_at_once_in_the_order_of_their_lines() {
        String yaml = CLUSTER + """
                tables:
                  shard: [ notes ]
                  sharded:
                    - { name: notes, key: id }
                    - { name: NOTES, key: id }
                    - { name: "visits; DROP TABLE notes", key: id }
                    - { name: visits }
                    - { key: id }
                    - { name: pets, key: "id)", tokn: t }
                    - visits
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
                        "tables.shard (line 4) is no known key: did you mean 'sharded'?",
                        "tables.sharded[1].name (line 7) is 'notes', as is that of sharded[0]: give it once.",
                        "tables.sharded[2].name (line 8) is 'visits; DROP TABLE notes': 1 to 63 letters, digits and '_' are"
                                + " allowed, the first no digit, and as much with a '.' before it for the schema.",
                        "tables.sharded[3].key (line 9) is missing, and so is token: the column that holds the key, or its"
                                + " token, is required.",
                        "tables.sharded[4].name (line 10) is missing: the name of a table is required.",
                        "tables.sharded[5].tokn (line 11) is no known key: did you mean 'token'?",
                        "tables.sharded[5].key (line 11) is 'id)': 1 to 63 letters, digits and '_' are allowed, the first"
                                + " no digit.",
                        "tables.sharded[6] (line 12) is a single value: a mapping of keys to values is allowed.",
                        "tables.migrations[0] (line 14) is 'db/migration': a location that begins with classpath: or"
                                + " filesystem: is allowed, such as filesystem:db/migration.",
                        "tables.migrations[1] (line 15) is 'filsystem:db': did you mean 'filesystem:'?",
                        "tables.migrations[2] (line 16) has '{vendr}' in it: only {vendor} is allowed, which stands for"
                                + " postgresql or h2.",
                        "tables.migrations[3] (line 17) is 'classpath:', which names no place: a location that begins"
                                + " with classpath: or filesystem: is allowed, such as filesystem:db/migration.",
                        "tables.migrations[4] (line 18) needs the environment variable NOWHERE, which is not set: set"
                                + " it, or write ${NOWHERE:default}.",
                        "tables.migrations[6] (line 20) is 'filesystem:db', as is migrations[5]: give it once.");
    }

    @Test
    void lists_that_are_none_are_refused() {
        String yaml = CLUSTER + """
                tables:
                  sharded: notes
                  migrations: { at: db }
                """;

        assertThat(failure(() -> RingshardConfig.parse(yaml, Map.of())).problems())
                .containsExactly(
                        "tables.sharded (line 4) is a single value: a list is allowed.",
                        "tables.migrations (line 5) is a mapping: a list is allowed.");
    }

    @Test
    void the_bank_is_on_off_or_in_a_schema_of_its_own() {
        assertThat(RingshardConfig.parse(CLUSTER, Map.of()).bank()).isEqualTo(BankConfig.ON);
        assertThat(RingshardConfig.parse(CLUSTER + "bank: true", Map.of()).bank())
                .isEqualTo(BankConfig.ON);
        assertThat(RingshardConfig.parse(CLUSTER + "bank: { schema: Bank }", Map.of())
                        .shardedTables())
                .extracting(ShardedTable::name)
                .contains("bank.customers", "bank.account_entries", "bank.customer_clearing");
        RingshardConfig off = RingshardConfig.parse(
                CLUSTER + "bank: false\ntables: { sharded: [ { name: customers, key: id } ] }", Map.of());
        assertThat(off.bank()).isEqualTo(BankConfig.OFF);
        assertThat(off.shardedTables()).containsExactly(ShardedTable.byKey("customers", "id"));
        assertThat(RingshardConfig.parse(
                                CLUSTER
                                        + "outbox: true\nbank: false\ntables: { sharded: [ { name: customers, key: id } ] }",
                                Map.of())
                        .shardedTables())
                .extracting(ShardedTable::name)
                .containsExactly("customers", "ringshard.outbox", "ringshard.inbox");
        assertThat(failure(() -> RingshardConfig.parse(CLUSTER + "bank: maybe", Map.of()))
                        .problems())
                .singleElement()
                .asString()
                .contains("bank (line 3) is 'maybe'");
    }

    @Test
    void what_does_not_go_with_the_bank_or_the_ring_is_refused() {
        assertThat(failure(() -> RingshardConfig.parse(CLUSTER + "bank: false", Map.of()))
                        .problems())
                .containsExactly("tables.sharded is missing: without the built-in bank a cluster needs at least one"
                        + " sharded table.");
        assertThat(failure(() -> RingshardConfig.parse(
                                CLUSTER + "tables: { sharded: [ { name: customers, key: id } ] }", Map.of()))
                        .getMessage())
                .contains("is 'customers', a table of the built-in bank")
                .contains("bank: false");
        assertThat(failure(() -> RingshardConfig.parse(
                                CLUSTER + "ring: { hash: xxh3 }\ntables: { sharded: [ { name: pets, key: id } ] }",
                                Map.of()))
                        .getMessage())
                .contains("databases can only compute tokens by md5");
    }

    @Test
    void the_builder_obeys_the_same_rules() {
        RingshardConfig.Builder builder = RingshardConfig.builder("bank")
                .shard(ONE)
                .table(ShardedTable.byKey("account_entries", "id"))
                .migrations("db/notes");

        assertThat(failure(builder::build)).hasMessage("""
                tables: 1 problem. Nothing was opened or written.
                  - migrations[0] is 'db/notes': a location that begins with classpath: or filesystem: is allowed, such as filesystem:db/migration.""".replace("\n", System.lineSeparator()));
    }

    @Test
    void a_table_is_a_plain_identifier_that_fits_postgresql() {
        for (String name : List.of("", "1st", "a.b.c", "a b", "\"notes\"", "n".repeat(64), "nötes", "notes\n")) {
            assertThat(failure(() -> ShardedTable.byKey(name, "id")).problems())
                    .singleElement()
                    .asString()
                    .startsWith("name is ")
                    .contains("1 to 63 letters, digits and '_' are allowed");
        }
        assertThat(ShardedTable.byKey("_" + "n".repeat(62), "id").name()).hasSize(63);
    }

    private static ConfigurationException failure(ThrowingCallable call) {
        return catchThrowableOfType(ConfigurationException.class, call);
    }
}
