package dev.ringshard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ringshard.failure.ConfigurationException;
import dev.ringshard.failure.Remedy;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What people read when their file is wrong, word for word. */
class YamlProblemsTest {
    @Test
    void all_mistakes_of_a_file_are_reported_at_once_in_the_order_of_its_lines() {
        String yaml = """
                cluster: "my bank"
                rings: { hash: md5 }
                ring: { virtualnodes: 12, virtual-nodes: 0 }
                routing-timeout: 5
                pool: { size: many }
                shards:
                  - name: eu-1
                    url: jdbc:postgresql://db/bank
                    pasword: hunter2
                  - name: eu-1
                    url: jdbc:mysql://root:hunter2@db/bank
                    password: ${BANK_PASSWORD}
                    weight: -1
                  - url: jdbc:postgresql://DB:5432/bank?ssl=true
                """;

        assertThat(failure(yaml)).hasMessage("""
                YAML text: 13 problems. Nothing was opened or written.
                  - cluster (line 1) is 'my bank': 1 to 63 letters, digits, '_', '.' and '-' are allowed, the first a letter or digit.
                  - rings (line 2) is no known key: did you mean 'ring'?
                  - ring.virtualnodes (line 3) is no known key: did you mean 'virtual-nodes'?
                  - ring.virtual-nodes (line 3) is 0: a whole number from 1 to 100000 is allowed.
                  - routing-timeout (line 4) is '5': a duration such as 250ms, 5s or 1m is allowed.
                  - pool.size (line 5) is 'many': a whole number is allowed.
                  - shards[0].pasword (line 9) is no known key: did you mean 'password'?
                  - shards[1].name (line 10) is 'eu-1', as is shards[0].name: each shard needs a name of its own.
                  - shards[1].url (line 11) begins with 'jdbc:mysql:': a JDBC URL that begins with jdbc:postgresql: or jdbc:h2: is allowed.
                  - shards[1].password (line 12) needs the environment variable BANK_PASSWORD, which is not set: set it, or write ${BANK_PASSWORD:default}.
                  - shards[1].weight (line 13) is -1.0: a number from 0 (drains the shard) to 10000 is allowed.
                  - shards[2].name (line 14) is missing: a name that never changes, such as 'eu-1', is required.
                  - shards[2].url (line 14) leads to the same database as shards[0]: shards 'eu-1' and shards[2] need a database each.""".replace("\n", System.lineSeparator()));
    }

    @Test
    void the_remedy_is_to_fix_the_input() {
        assertThat(failure("cluster: bank").remedy()).isEqualTo(Remedy.FIX_INPUT);
    }

    static Stream<Arguments> documents() {
        return Stream.of(
                arguments("", "The document is empty: a mapping with at least 'cluster' and 'shards' is required."),
                arguments(
                        "# nothing",
                        "The document is empty: a mapping with at least 'cluster' and 'shards' is required."),
                arguments("- a", "The document is a list: a mapping with at least 'cluster' and 'shards' is required."),
                arguments(
                        "hunter2",
                        "The document is a single value: a mapping with at least 'cluster' and 'shards' is required."),
                arguments(
                        "cluster: bank\nshards: [",
                        "Line 2, column 10 is not YAML: expected the node content, but found '<stream end>'."),
                arguments(
                        "cluster: bank\npassword: 'hunter2",
                        "Line 2, column 19 is not YAML: found unexpected end of stream."),
                arguments("cluster: a: hunter2", "Line 1, column 11 is not YAML: mapping values are not allowed here."),
                arguments(
                        "cluster: \u0001hunter2",
                        "The text contains the character U+0001, which YAML does not allow."));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void a_document_that_holds_no_configuration_is_refused(String yaml, String problem) {
        assertThat(failure(yaml).problems()).containsExactly(problem);
        assertThat(failure(yaml)).message().doesNotContain("hunter2");
    }

    @Test
    void a_document_nested_beyond_reason_is_refused() {
        assertThat(failure("[".repeat(100_000)).problems()).containsExactly("The text cannot be read as YAML.");
    }

    static Stream<Arguments> topLevels() {
        return Stream.of(
                arguments(
                        "cluster:",
                        "cluster (line 1) is missing: a name for the cluster, such as 'shop', is required."),
                arguments("cluster: [bank]", "cluster (line 1) is a list: a single value is allowed."),
                arguments("cluster: { name: bank }", "cluster (line 1) is a mapping: a single value is allowed."),
                arguments(
                        "cluster: bank\ncluster: other", "cluster (line 2) is there already in line 1: give it once."),
                arguments(
                        "cluster: bank\nfoo: 1",
                        "foo (line 2) is no known key: cluster, ring, routing-timeout, purge-after, pool, shards, tables, bank, outbox and pins are allowed."),
                arguments(
                        "cluster: bank\nring: md5",
                        "ring (line 2) is a single value: a mapping of keys to values is allowed."),
                arguments(
                        "cluster: bank\nring: { hash: md5, hash: md5 }",
                        "ring.hash (line 2) is there already in line 2: give it once."),
                arguments(
                        "cluster: bank\nring: { virtual-nodes: 100001 }",
                        "ring.virtual-nodes (line 2) is 100001: a whole number from 1 to 100000 is allowed."),
                arguments(
                        "cluster: bank\nring: { virtual-nodes: 1.5 }",
                        "ring.virtual-nodes (line 2) is '1.5': a whole number is allowed."),
                arguments(
                        "cluster: &a bank\nring: *a",
                        "ring (line 2) is an alias (*name), which is not supported: a mapping of keys to values is allowed."),
                arguments(
                        "cluster: bank\nrouting-timeout: 0s", "routing-timeout (line 2) is 0s: 1ms to 10m is allowed."),
                arguments(
                        "cluster: bank\nrouting-timeout: ${WAIT}",
                        "routing-timeout (line 2) needs the environment variable WAIT, which is not set: set it, or write ${WAIT:default}."),
                arguments(
                        "cluster: bank\nrouting-timeout: ${WA-IT}",
                        "routing-timeout (line 2) has a '${' that begins neither ${NAME} nor ${NAME:default}: write '$${' to mean it literally."),
                arguments(
                        "cluster: bank\npool:\n  size: 0",
                        "pool.size (line 3) is 0: a whole number from 2 to 1000 is allowed."),
                arguments(
                        "cluster: bank\npool:\n  connection-timeout: 100ms",
                        "pool.connection-timeout (line 3) is 100ms: 250ms to 10m is allowed."),
                arguments(
                        "cluster: bank\npool:\n  lock-timeout: 5 minutes",
                        "pool.lock-timeout (line 3) is '5 minutes': a duration such as 250ms, 5s or 1m is allowed."),
                arguments(
                        "cluster: bank\npool:\n  leak-detection: 1s",
                        "pool.leak-detection (line 3) is 1s: 2s to 24h is allowed."),
                arguments(
                        "cluster: bank\npool:\n  socket-timeout: 90500ms",
                        "pool.socket-timeout (line 3) is 90500ms: whole seconds are allowed."),
                arguments(
                        "cluster: bank\npool:\n  lock-timeout: 2m",
                        "pool.socket-timeout (line 2) is 1m, no longer than lock-timeout (2m): a wait for a lock would look like a lost connection."));
    }

    @ParameterizedTest
    @MethodSource("topLevels")
    void a_bad_value_above_the_shards_is_named(String top, String problem) {
        assertThat(failure(top + "\nshards: [{ name: eu-1, url: 'jdbc:h2:file:./1' }]\n")
                        .problems())
                .containsExactly(problem);
    }

    @Test
    void unknown_hashes_and_strategies_are_named() {
        List<String> problems = failure("""
                cluster: bank
                ring:
                  hash: md6
                  strategy: random
                shards: [{ name: eu-1, url: 'jdbc:h2:file:./1' }]
                """).problems();

        assertThat(problems).hasSize(2);
        assertThat(problems.get(0))
                .startsWith(
                        "ring.hash (line 3) cannot be used: There is no hash function and no loadable class named 'md6'.");
        assertThat(problems.get(1))
                .startsWith("ring.strategy (line 4) cannot be used: There is no ring strategy named 'random'.");
    }

    static Stream<Arguments> shardLists() {
        return Stream.of(
                arguments("", "shards is missing or empty: at least one shard is required."),
                arguments("shards:", "shards (line 2) is missing or empty: at least one shard is required."),
                arguments("shards: []", "shards (line 2) is missing or empty: at least one shard is required."),
                arguments("shards: { eu-1: here }", "shards (line 2) is a mapping: a list is allowed."),
                arguments("shards: eu-1", "shards (line 2) is a single value: a list is allowed."),
                arguments(
                        "shards:\n- { name: eu-1, url: 'jdbc:h2:file:./1', weight: 0 }\n- { name: eu-2, url: 'jdbc:h2:file:./2', weight: 0 }",
                        "shards (line 2) have a weight of 0 each: at least one needs a weight above 0."));
    }

    @ParameterizedTest
    @MethodSource("shardLists")
    void a_list_of_shards_that_cannot_be_used_is_refused(String shards, String problem) {
        assertThat(failure("cluster: bank\n" + shards).problems()).containsExactly(problem);
    }

    static Stream<Arguments> shards() {
        return Stream.of(
                arguments(
                        "url: 'jdbc:h2:file:./2'",
                        "shards[1].name (line 4) is missing: a name that never changes, such as 'eu-1', is required."),
                arguments(
                        "name: eu-2",
                        "shards[1].url (line 4) is missing: the JDBC URL of the shard's database is required."),
                arguments(
                        "name: eu-2, url: 'jdbc:h2:file:./2', wieght: 2",
                        "shards[1].wieght (line 4) is no known key: did you mean 'weight'?"),
                arguments(
                        "name: eu-2, url: 'jdbc:h2:file:./2', region: eu",
                        "shards[1].region (line 4) is no known key: name, url, user, password, weight and pool are allowed."),
                arguments(
                        "name: -eu, url: 'jdbc:h2:file:./2'",
                        "shards[1].name (line 4) is '-eu': 1 to 63 letters, digits, '_', '.' and '-' are allowed, the first a letter or digit."),
                arguments(
                        "name: eu-2, url: 'jdbc:h2:file:./2', weight: heavy",
                        "shards[1].weight (line 4) is 'heavy': a number is allowed."),
                arguments(
                        "name: eu-2, url: 'jdbc:h2:file:./2', weight: NaN",
                        "shards[1].weight (line 4) is 'NaN': a number is allowed."),
                arguments(
                        "name: eu-2, url: 'jdbc:h2:file:./2', weight: 1e9",
                        "shards[1].weight (line 4) is 1.0E9: a number from 0 (drains the shard) to 10000 is allowed."),
                arguments(
                        "name: eu-2, url: 'jdbc:h2:file:./2', password: [hunter2]",
                        "shards[1].password (line 4) is a list: a single value is allowed."),
                arguments(
                        "name: eu-2, url: 'jdbc:h2:file:./2', pool: { size: 1001 }",
                        "shards[1].pool.size (line 4) is 1001: a whole number from 2 to 1000 is allowed."),
                arguments(
                        "name: eu-2, url: 'jdbc:h2:file:./2', pool: { sise: 1 }",
                        "shards[1].pool.sise (line 4) is no known key: did you mean 'size'?"),
                arguments(
                        "name: eu-2, url: postgres, password: hunter2",
                        "shards[1].url (line 4) is no URL: a JDBC URL that begins with jdbc:postgresql: or jdbc:h2: is allowed."),
                arguments(
                        "name: eu-2, url: 'postgres://bank:hunter2@db/bank'",
                        "shards[1].url (line 4) begins with 'postgres:': a JDBC URL that begins with jdbc:postgresql: or jdbc:h2: is allowed."),
                arguments(
                        "name: eu-2, url: 'jdbc:postgresql://bank:hunter2@db/bank'",
                        "shards[1].url (line 4) has a user or password before its host: give them as user and password."),
                arguments(
                        "name: eu-2, url: 'jdbc:postgresql://db:port/bank?sslpassword=hunter2'",
                        "shards[1].url (line 4) is 'jdbc:postgresql://db:port/bank?sslpassword=***': jdbc:postgresql://host:port/database is allowed."),
                arguments(
                        "name: eu-2, url: 'jdbc:postgresql://db/bank?password=hunter2%'",
                        "shards[1].url (line 4) has a '%' that no two hexadecimal digits follow: write %25 for it."),
                arguments(
                        "name: eu-2, url: 'jdbc:h2:file:./2;PASSWORD=hunter2', password: hunter2",
                        "shards[1].password (line 4) is given here and in the URL: give it once."),
                arguments(
                        "name: eu-2, url: 'jdbc:postgresql://db/bank?user=a', user: a",
                        "shards[1].user (line 4) is given here and in the URL: give it once."),
                arguments(
                        "name: eu-2, url: 'jdbc:h2:mem:'",
                        "shards[1].url (line 4) is 'jdbc:h2:mem:', which is another database for each connection: give it a name."),
                arguments(
                        "name: eu-2, url: 'jdbc:h2:mem:2;MODE=PostgreSQL'",
                        "shards[1].url (line 4) names a database in memory that is gone with its last connection: add"
                                + " ;DB_CLOSE_DELAY=-1."),
                arguments(
                        "name: eu-2, url: 'jdbc:h2:mem:2;DB_CLOSE_DELAY=0'",
                        "shards[1].url (line 4) names a database in memory that is gone with its last connection: add"
                                + " ;DB_CLOSE_DELAY=-1."),
                arguments(
                        "name: eu-2, url: 'jdbc:h2:'",
                        "shards[1].url (line 4) names no database: jdbc:h2:mem:name or jdbc:h2:file:./path is allowed."),
                arguments(
                        "name: eu-2, url: 'jdbc:h2:file:./1;DB_CLOSE_DELAY=-1'",
                        "shards[1].url (line 4) leads to the same database as shards[0]: shards 'eu-1' and 'eu-2' need a database each."),
                arguments(
                        "name: eu-1, url: 'jdbc:h2:file:./2'",
                        "shards[1].name (line 4) is 'eu-1', as is shards[0].name: each shard needs a name of its own."));
    }

    @ParameterizedTest
    @MethodSource("shards")
    void a_bad_value_of_a_shard_is_named_with_its_position_and_line_and_without_its_secrets(
            String shard, String problem) {
        ConfigurationException failure = failure(
                "cluster: bank\nshards:\n- { name: eu-1, url: 'jdbc:h2:file:./1' }\n- { %s }\n".formatted(shard));

        assertThat(failure.problems()).containsExactly(problem);
        assertThat(failure).message().doesNotContain("hunter2");
    }

    @Test
    void an_entry_of_the_list_that_is_no_mapping_is_named() {
        assertThat(failure("cluster: bank\nshards:\n- eu-1\n").problems())
                .contains("shards[0] (line 3) is a single value: a mapping of keys to values is allowed.");
    }

    @Test
    void a_second_document_is_refused() {
        assertThat(failure("""
                cluster: bank
                shards: [{ name: eu-1, url: 'jdbc:h2:file:./1' }]
                ---
                cluster: other
                """).problems()).containsExactly("Line 4 begins a second document: one is allowed.");
    }

    private static ConfigurationException failure(String yaml) {
        return catchThrowableOfType(ConfigurationException.class, () -> RingshardConfig.parse(yaml, Map.of()));
    }
}
