package dev.ringshard.internal.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.outbox.Message;
import dev.ringshard.outbox.MessageHandler;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.rebalance.RebalanceWatch;
import dev.ringshard.rebalance.WatchSettings;
import dev.ringshard.routing.FencedStatement;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server says over HTTP of a cluster that others work with. */
abstract class ServeContract {
    private final DatabaseKind kind;

    @TempDir
    Path directory = Path.of("");

    ServeContract(DatabaseKind kind) {
        this.kind = kind;
    }

    @Test
    void a_cluster_at_rest_is_shown_as_it_is() throws Exception {
        try (ServedCluster served = ServedCluster.of(directory, kind, 2, 50)) {
            eventually(() -> rows(status(served), "parcels") == 50);
            assertThat(status(served).at("/rows/0/table").asText()).isEqualTo("parcels");
            assertThat(status(served).at("/rows/0/exact").asBoolean()).isTrue();
            eventually(() -> metric(served, "ringshard_shard_rows{shard=\"eu-1\",table=\"parcels\"}") > 0);

            JsonNode status = status(served);
            assertThat(status.get("cluster").asText()).isEqualTo("parcels");
            assertThat(status.get("settled").asBoolean()).isTrue();
            assertThat(status.at("/notices/0/text").asText()).startsWith("All is well");
            assertThat(status.at("/shards/1/name").asText()).isEqualTo("eu-2");
            assertThat(status.at("/shards/1/state").asText()).isEqualTo("up");
            assertThat(status.at("/shards/1/share").asDouble()).isBetween(0.49, 0.51);
            assertThat(status.at("/run").isNull()).isTrue();
            assertThat(coveredBy(status.get("owners"))).isBetween(0.999999, 1.000001);
            assertThat(coveredBy(status.get("targets"))).isBetween(0.999999, 1.000001);

            eventually(() -> served.get("/health").statusCode() == 200);
            assertThat(json(served.get("/health")).get("cluster").asText()).isEqualTo("parcels");
            eventually(() -> served.get("/health/eu-2").statusCode() == 200);
            assertThat(served.get("/health/eu-9").statusCode()).isEqualTo(404);
            assertThat(served.get("/health/eu-9").body()).contains("eu-1, eu-2");
        }
    }

    @Test
    void a_cluster_is_shown_by_its_own_tables_and_speaks_of_no_other() throws Exception {
        List<String> lines = new ArrayList<>();
        for (String shard : List.of("eu-1", "eu-2")) {
            TestDatabase database = TestCluster.database(kind);
            execute(database, "CREATE TABLE tenants (id bigint NOT NULL, CONSTRAINT tenants_pk PRIMARY KEY (id))");
            lines.add(database.yaml(shard));
        }
        String tables = "bank: false\ntables: { sharded: [ { name: tenants, key: id } ] }\n";
        RingshardConfig config = RingshardConfig.parse(ServedCluster.yaml(lines) + tables, Map.of());
        Ringshard.init(config);
        try (Ringshard shop = Ringshard.open(config)) {
            for (long id = 1; id <= 30; id++) {
                shop.router().update(id, FencedStatement.of("INSERT INTO tenants (id) VALUES (?)"), id);
            }
        }

        try (ServedCluster served = ServedCluster.asIs(directory, lines, tables + "pins: { \"7\": eu-2 }\n")) {
            eventually(() -> rows(status(served), "tenants") == 30);
            assertThat(status(served).at("/pins/0/key").asText()).isEqualTo("7");
            assertThat(status(served).at("/pins/0/shard").asText()).isEqualTo("eu-2");
            assertThat(status(served).at("/pins/0/owner").asText()).startsWith("eu-");

            assertThat(status(served).at("/rows")).hasSize(1);
            assertThat(status(served).at("/rows/0/rows").asLong()).isEqualTo(30);
            eventually(() -> status(served).at("/heaviest").size() == 10);
            assertThat(status(served).at("/heaviest/0/key").asText()).matches("[0-9]+");
            assertThat(status(served).at("/heaviest/0/rows").asLong()).isEqualTo(1);
            assertThat(status(served).at("/shards/0/ofFairShare").asDouble()
                            + status(served).at("/shards/1/ofFairShare").asDouble())
                    .isEqualTo(2, within(1e-6));
            eventually(() -> metric(served, "ringshard_shard_rows{shard=\"eu-1\",table=\"tenants\"}") > 0);
            for (String path : List.of("/", "/page.js", "/status.json", "/metrics")) {
                assertThat(served.get(path).body()).as(path).doesNotContainIgnoringCase("customer");
            }
        }
    }

    @Test
    void a_shard_that_joins_and_a_rebalance_of_another_process_are_seen_by_what_the_shards_remember() throws Exception {
        try (ServedCluster served = ServedCluster.of(directory, kind, 2, 300)) {
            served.configure(TestCluster.database(kind).yaml("eu-3"));
            eventually(() -> status(served).at("/shards/2/state").asText().equals("new"));
            assertThat(served.get("/health/eu-3").statusCode()).isEqualTo(503);
            assertThat(status(served).at("/notices").toString()).contains("eu-3 is new", "ringshard plan --config");
            assertThat(status(served).get("pendingShare").asDouble()).isBetween(0.3, 0.35);
            assertThat(metric(served, "ringshard_handover_backlog_rows")).isPositive();

            RebalanceReport moved;
            try (Ringshard elsewhere = served.openElsewhere()) {
                moved = elsewhere.rebalancer().run(elsewhere.rebalancer().plan(), progress -> {});
            }

            eventually(() -> status(served).at("/run/rows").asLong() == moved.movedRows());
            JsonNode run = status(served).get("run");
            assertThat(run.get("chunks").asLong()).isEqualTo(moved.writePauses().chunks());
            assertThat(run.at("/pauseMillis/max").asDouble()).isPositive();
            eventually(() -> status(served).get("settled").asBoolean());
            eventually(() -> metric(served, "ringshard_handover_rows_total{direction=\"in\",shard=\"eu-3\"}")
                    == moved.movedRows());
            eventually(() -> metric(served, "ringshard_handover_backlog_rows") == 0);
            eventually(() -> metric(served, "ringshard_shard_up{shard=\"eu-3\"}") == 1);
            eventually(() -> status(served).at("/shards/2/rows/0/rows").asLong() > 0);
            eventually(() -> served.get("/health").statusCode() == 200);
        }
    }

    @Test
    void a_target_is_what_the_weights_say_also_where_a_share_near_it_is_left_as_it_is() throws Exception {
        List<String> lines = List.of(
                TestCluster.database(kind).yaml("eu-1"),
                TestCluster.database(kind).yaml("eu-2"));
        Ringshard.init(RingshardConfig.parse(
                ServedCluster.yaml(List.of(lines.get(0).replace(" }", ", weight: 1.05 }"), lines.get(1)))
                        + ServedCluster.PARCELS,
                Map.of()));

        try (ServedCluster served = ServedCluster.asIs(directory, lines)) {
            eventually(() -> status(served).get("settled").asBoolean());

            JsonNode shard = status(served).at("/shards/0");
            assertThat(shard.get("share").asDouble()).isBetween(0.512, 0.513);
            assertThat(shard.get("targetShare").asDouble()).isEqualTo(0.5);
            assertThat(metric(served, "ringshard_shard_target_share{shard=\"eu-1\"}"))
                    .isEqualTo(0.5);
        }
    }

    @Test
    void figures_for_prometheus_are_there_from_the_start_in_base_units() throws Exception {
        try (ServedCluster served = ServedCluster.of(directory, kind, 2, 0)) {
            HttpResponse<String> metrics = served.get("/metrics");

            assertThat(metrics.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/plain; version=0.0.4");
            assertThat(metrics.body())
                    .contains(
                            "# TYPE ringshard_operations_seconds summary",
                            "ringshard_operations_seconds_count{kind=\"transaction\",outcome=\"success\",shard=\"eu-1\"} 0",
                            "ringshard_stale_routes_total{shard=\"eu-1\"} 0.0",
                            "ringshard_retries_total{reason=\"contention\",shard=\"eu-2\"} 0.0",
                            "ringshard_circuit_state{shard=\"eu-1\",state=\"closed\"} 1.0",
                            "ringshard_handover_rows_total{direction=\"out\",shard=\"eu-1\"} 0.0",
                            "ringshard_handover_write_pause_seconds_bucket{shard=\"eu-1\",le=\"0.025\"} 0",
                            "ringshard_handover_backlog_rows 0.0",
                            "ringshard_shard_leftovers{kind=\"incoming\",shard=\"eu-2\"} 0.0",
                            "ringshard_watches{state=\"stopped\"} 0.0",
                            "ringshard_pool_max{shard=\"eu-1\"} 2.0");
            try (Ringshard elsewhere = served.openElsewhere();
                    RebalanceWatch watch = elsewhere.rebalancer().watch(WatchSettings.DEFAULT)) {
                eventually(() -> metric(served, "ringshard_watches{state=\"well\"}") == 1);
                assertThat(watch.isDone()).isFalse();
            }
            assertThat(metric(
                            served,
                            "ringshard_operations_seconds_count{kind=\"look\",outcome=\"success\",shard=\"eu-1\"}"))
                    .isGreaterThanOrEqualTo(0);
        }
    }

    @Test
    void messages_on_their_way_are_shown_by_topic_with_what_they_carry() throws Exception {
        List<String> lines = List.of(TestCluster.database(kind).yaml("eu-1"));
        String tables = ServedCluster.PARCELS + "outbox: true\n";
        RingshardConfig config = RingshardConfig.parse(ServedCluster.yaml(lines) + tables, Map.of());
        Ringshard.init(config);
        try (Ringshard cluster = Ringshard.open(config);
                ServedCluster served = ServedCluster.asIs(directory, lines, tables)) {
            String tags = "{shard=\"eu-1\",topic=\"weighed\"}";
            eventually(
                    () -> served.get("/metrics").body().contains("ringshard_outbox_pending_messages" + tags + " 0.0"));
            cluster.outbox().register("weighed", new ParcelsHandler());
            cluster.router().transaction("sender", transaction -> {
                cluster.outbox().send(transaction, new Message("sender", "first", "recipient", "weighed", "1.25"));
                cluster.outbox().send(transaction, new Message("sender", "second", "recipient", "weighed", "0.50"));
                return true;
            });

            eventually(() -> metric(served, "ringshard_outbox_pending_messages" + tags) == 2);

            assertThat(metric(served, "ringshard_outbox_amount" + tags)).isEqualTo(1.75);
            assertThat(metric(served, "ringshard_outbox_dead_messages" + tags)).isZero();
            assertThat(metric(served, "ringshard_outbox_oldest_age_seconds" + tags))
                    .isBetween(0.0, 60.0);
        }
    }

    private static final class ParcelsHandler implements MessageHandler {
        @Override
        public boolean receive(KeyedTransaction recipient, Message message) {
            return true;
        }

        @Override
        public void refused(KeyedTransaction sender, Message message) {
            throw new IllegalStateException("It accepts all.");
        }
    }

    @Test
    void what_a_mover_that_died_has_left_is_told_together_with_what_to_do() throws Exception {
        TestDatabase first = TestCluster.database(kind);
        List<String> lines =
                List.of(first.yaml("eu-1"), TestCluster.database(kind).yaml("eu-2"));
        try (ServedCluster served = ServedCluster.of(directory, lines, 0)) {
            execute(first, """
                    INSERT INTO ringshard.incoming_range (first_token, last_token, epoch, source, row_count, digest)
                    SELECT max(last_token) + 1, max(last_token) + 10, 7, 'eu-2', 0, '-' FROM ringshard.owned_range""");

            eventually(() -> status(served).get("leftovers").asInt() == 1);
            eventually(() ->
                    status(served).at("/notices").toString().contains("1 range is left of a move that has ended."));
            assertThat(status(served).at("/notices").toString()).contains("ringshard recover --config cluster.yaml");
            eventually(() -> metric(served, "ringshard_shard_leftovers{kind=\"incoming\",shard=\"eu-1\"}") == 1);
        }
    }

    @Test
    void a_shard_that_was_set_back_is_named() throws Exception {
        TestDatabase second = TestCluster.database(kind);
        List<String> lines = List.of(TestCluster.database(kind).yaml("eu-1"), second.yaml("eu-2"));
        try (ServedCluster served = ServedCluster.of(directory, lines, 10)) {
            execute(second, "DELETE FROM ringshard.owned_range");
            execute(
                    second,
                    "INSERT INTO ringshard.owned_range (first_token, last_token, epoch) VALUES (%d, %d, %d)"
                            .formatted(Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE));

            eventually(() -> status(served).at("/notices").toString().contains("Shard eu-1 was set back in time"));
            assertThat(status(served).get("settled").asBoolean()).isFalse();
            assertThat(status(served).at("/notices/0/command").asText()).contains("verify --config cluster.yaml");
        }
    }

    @Test
    void a_handover_that_waits_to_be_finished_is_shown_and_left_alone() throws Exception {
        TestDatabase first = TestCluster.database(kind);
        List<String> lines =
                List.of(first.yaml("eu-1"), TestCluster.database(kind).yaml("eu-2"));
        try (ServedCluster served = ServedCluster.of(directory, lines, 10)) {
            execute(first, """
                    INSERT INTO ringshard.handover (first_token, last_token, epoch, target, row_count, digest)
                    SELECT max(last_token) + 1, max(last_token) + 10, 7, 'eu-2', 0, '-' FROM ringshard.owned_range""");
            String before = everything(first);

            eventually(() -> status(served).get("leftovers").asInt() == 1);
            String seen = status(served).get("at").asText();
            for (String path : List.of("/", "/status.json", "/metrics", "/health", "/health/eu-1", "/page.js")) {
                eventually(() -> served.get(path).statusCode() == 200);
            }
            eventually(() -> !status(served).get("at").asText().equals(seen));

            assertThat(everything(first))
                    .as("any router would have finished it")
                    .isEqualTo(before);
        }
    }

    @Test
    void a_shard_that_is_down_makes_nothing_slow_and_hides_nothing() throws Exception {
        List<String> lines = List.of(
                TestCluster.database(kind).yaml("eu-1"),
                new TestDatabase("jdbc:postgresql://127.0.0.1:1/bank", "bank", "secret-word").yaml("eu-2"));
        try (ServedCluster served = ServedCluster.asIs(directory, lines)) {
            eventually(() -> status(served).at("/shards/1/problem").asText().contains("Shard eu-2 cannot be reached"));

            JsonNode status = status(served);
            assertThat(status.at("/shards/0/state").asText()).isEqualTo("new");
            assertThat(status.at("/shards/1/state").asText()).isEqualTo("down");
            assertThat(status.at("/notices/0/text").asText()).isEqualTo("1 of 2 shards is down: eu-2.");
            assertThat(status.toString()).doesNotContain("secret-word");
            assertThat(served.get("/health").statusCode()).isEqualTo(503);
            assertThat(served.get("/health").body())
                    .contains("\"name\":\"eu-2\",\"state\":\"down\"")
                    .doesNotContain("secret-word");
            assertThat(metric(served, "ringshard_shard_up{shard=\"eu-2\"}")).isZero();

            eventually(() -> metric(served, "ringshard_circuit_state{shard=\"eu-2\",state=\"open\"}") == 1);
            String at = status(served).get("at").asText();
            eventually(() -> !status(served).get("at").asText().equals(at));
            assertThat(status(served).at("/shards/1/problem").asText())
                    .as("what the breaker says must not hide why")
                    .contains("Shard eu-2 cannot be reached");
        }
    }

    @Test
    void only_reading_is_answered_and_always_with_headers_that_keep_others_out() throws Exception {
        try (ServedCluster served = ServedCluster.of(directory, kind, 1, 0)) {
            for (String path :
                    List.of("/", "/page.css", "/page.js", "/icon.svg", "/status.json", "/metrics", "/health")) {
                HttpResponse<String> answer = served.get(path);
                assertThat(answer.statusCode()).as(path).isEqualTo(200);
                assertKeepsOthersOut(answer);
                HttpResponse<String> head = served.send("HEAD", path);
                assertThat(head.statusCode()).as("HEAD " + path).isEqualTo(200);
                assertThat(head.body()).isEmpty();
            }
            for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS")) {
                HttpResponse<String> refused = served.send(method, "/status.json");
                assertThat(refused.statusCode()).as(method).isEqualTo(405);
                assertThat(refused.headers().firstValue("Allow")).contains("GET, HEAD");
                assertThat(refused.body()).isEqualTo("This server only shows; it takes GET and HEAD.\n");
            }
            for (String path : List.of("/nothing", "/page.html", "/../pom.xml", "/health/", "/metrics/")) {
                HttpResponse<String> nothing = served.get(path);
                assertThat(nothing.statusCode()).as(path).isEqualTo(404);
                assertThat(nothing.body()).startsWith("There is no");
                assertKeepsOthersOut(nothing);
            }
        }
    }

    private static void assertKeepsOthersOut(HttpResponse<String> answer) {
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'; script-src 'self';")
                .doesNotContain("unsafe", "http", "*");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    }

    @Test
    void it_listens_where_it_is_told_and_answers_to_no_foreign_name() throws Exception {
        try (ServedCluster served = ServedCluster.of(directory, kind, 1, 0)) {
            assertThat(served.server().address().getAddress().isLoopbackAddress())
                    .isTrue();
            assertThat(served.server().isLocal()).isTrue();
            assertThat(raw(served, "localhost")).startsWith("HTTP/1.1 200");
            assertThat(raw(served, "bank.example")).startsWith("HTTP/1.1 403").doesNotContain("eu-1");
        }
    }

    @Test
    void a_configuration_that_cannot_be_used_is_told_and_the_one_before_goes_on() throws Exception {
        try (ServedCluster served = ServedCluster.of(directory, kind, 1, 0)) {
            String good = Files.readString(served.file());
            Files.writeString(served.file(), good + "shrads: []\n");
            eventually(() -> status(served)
                    .at("/notices")
                    .toString()
                    .contains("The configuration has changed and cannot be used"));
            eventually(() -> status(served).at("/shards/0/state").asText().equals("up"));

            Files.writeString(served.file(), good);
            eventually(() -> status(served).get("notices").size() == 1);
        }
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(50))
                .until(condition);
    }

    private static JsonNode status(ServedCluster served) throws IOException, InterruptedException {
        HttpResponse<String> answer = served.get("/status.json");
        assertThat(answer.statusCode()).isEqualTo(200);
        return json(answer);
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return new ObjectMapper().readTree(answer.body());
    }

    /** Of a table, on all shards. */
    private static long rows(JsonNode status, String name) {
        long rows = 0;
        for (JsonNode shard : status.get("shards")) {
            for (JsonNode table : shard.get("rows")) {
                rows += table.get("table").asText().equals(name)
                        ? table.get("rows").asLong()
                        : 0;
            }
        }
        return rows;
    }

    private static double coveredBy(JsonNode arcs) {
        double covered = 0;
        for (JsonNode arc : arcs) {
            covered += arc.get(1).asDouble() - arc.get(0).asDouble();
        }
        return covered;
    }

    /** The value in the line of this meter. */
    private static double metric(ServedCluster served, String meter) throws IOException, InterruptedException {
        return served.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(meter + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no meter " + meter));
    }

    /** The JDK's client would not send another name than the address. */
    private static String raw(ServedCluster served, String host) throws IOException {
        try (Socket socket = new Socket(
                served.server().address().getAddress(),
                served.server().address().getPort())) {
            socket.getOutputStream()
                    .write(("GET /status.json HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void execute(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** All that Ringshard has noted on a shard. */
    private static String everything(TestDatabase database) throws SQLException {
        StringBuilder all = new StringBuilder();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (String table : List.of(
                    "owned_range",
                    "incoming_range",
                    "arrived_range",
                    "departed_range",
                    "handover",
                    "handover_history")) {
                try (ResultSet rows =
                        statement.executeQuery("SELECT * FROM ringshard." + table + " ORDER BY first_token")) {
                    while (rows.next()) {
                        all.append(table);
                        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                            all.append(' ').append(rows.getString(i));
                        }
                        all.append('\n');
                    }
                }
            }
        }
        return all.toString();
    }
}
