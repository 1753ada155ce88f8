package dev.ringshard.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringshard.Ringshard;
import dev.ringshard.cli.Cli;
import dev.ringshard.cli.ShopToAdopt;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.rebalance.Rebalancer;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A shop that nobody made for shards, with seven tables of its own, is adopted where it is, and a second database takes half of it; each
 * step beside what a person would do by hand.
 */
final class AdoptPart {
    private static final int ROWS_OF_A_TENANT = 238;

    private final Servers servers;
    private final Effort effort;

    AdoptPart(Servers servers, Effort effort) {
        this.servers = servers;
        this.effort = effort;
    }

    Section run() throws SQLException, IOException {
        TestDatabase shop = filled();
        List<List<String>> rows = new ArrayList<>();
        JsonNode diagnosis = timed(rows, "`doctor`", () -> doctor(shop));
        timed(rows, "the statements that it gives", () -> mend(shop, diagnosis));
        RingshardConfig founder = proposed(shop);
        long all = rows(shop, founder);
        double indexes = seconds(() -> makeIndexes(shop, founder));
        dropIndexes(shop, founder);
        double init = seconds(() -> Ringshard.init(founder));
        rows.add(row("`init`, beside an index on the key of each table", init, Format.ratio(indexes / init)));
        ShardConfig second = servers.shard(DatabaseKind.POSTGRESQL, "second");
        TestDatabase byHand = servers.fresh(DatabaseKind.POSTGRESQL);
        makeTables(PipedCopy.connect(second), diagnosis);
        makeTables(byHand.connect(), diagnosis);
        makeIndexes(byHand, founder);
        RebalanceReport report;
        double piped;
        try (Ringshard cluster = Ringshard.open(founder)) {
            cluster.addShard(second.withWeight(0));
        }
        try (Ringshard cluster = Ringshard.open(founder.withShard(second));
                Connection to = byHand.connect();
                Statement settings = to.createStatement()) {
            settings.execute("SET session_replication_role = replica");
            Rebalancer rebalancer = cluster.rebalancer();
            piped = PipedCopy.of(founder, rebalancer.plan().moves(), tokens(founder), to);
            report = rebalancer.run(rebalancer.plan(), progress -> {});
        }
        rows.add(List.of(
                "a second database takes %s rows, beside the same rows by plain COPY, piped, with the same indexes"
                        .formatted(Format.count(report.movedRows())),
                Format.rate(report.rowsPerSecond(), "rows"),
                Format.ratio(report.rowsPerSecond() / piped)));
        return new Section("Adopting a database: a shop of seven tables on PostgreSQL")
                .text("%s rows; nobody else works.".formatted(Format.count(all)))
                .table(List.of("step", "time or rate", "of doing it by hand"), rows);
    }

    private TestDatabase filled() throws SQLException, IOException {
        TestDatabase shop = servers.fresh(DatabaseKind.POSTGRESQL);
        shop.execute(ShopToAdopt.resource("schema.sql"));
        shop.execute(ShopToAdopt.resource("rows.sql"));
        int tenants = Math.max(9, effort.grown() / ROWS_OF_A_TENANT);
        for (String statement : ShopToAdopt.resource("more-rows.sql").formatted(tenants).split(";\n", -1)) {
            shop.execute(statement);
        }
        return shop;
    }

    private static JsonNode doctor(TestDatabase shop) throws IOException {
        return Cli.bare("doctor", "--url", shop.url(), "--user", shop.user(), "--local", "feature_switches", "--json")
                .json();
    }

    private static boolean mend(TestDatabase shop, JsonNode diagnosis) throws SQLException {
        ShopToAdopt.mend(shop, diagnosis);
        return true;
    }

    private static RingshardConfig proposed(TestDatabase shop) throws IOException {
        return RingshardConfig.parse(doctor(shop).get("proposed").asText(), Map.of());
    }

    private static void makeTables(Connection connection, JsonNode diagnosis) throws SQLException, IOException {
        try (connection;
                Statement statement = connection.createStatement()) {
            statement.execute(ShopToAdopt.resource("schema.sql"));
            for (JsonNode finding : diagnosis.get("findings")) {
                for (JsonNode sql : finding.get("statements")) {
                    statement.execute(sql.asText());
                }
            }
        }
    }

    /** What a person would build to find the rows of a key. */
    private static boolean makeIndexes(TestDatabase shop, RingshardConfig config) throws SQLException {
        for (ShardedTable table : config.shardedTables()) {
            shop.execute("CREATE INDEX CONCURRENTLY by_hand_%1$s ON %1$s (%2$s)"
                    .formatted(table.name(), table.key().orElseThrow()));
        }
        return true;
    }

    private static void dropIndexes(TestDatabase shop, RingshardConfig config) throws SQLException {
        for (ShardedTable table : config.shardedTables()) {
            shop.execute("DROP INDEX by_hand_" + table.name());
        }
    }

    private static Map<String, String> tokens(RingshardConfig config) {
        Map<String, String> tokens = new LinkedHashMap<>();
        for (ShardedTable table : config.shardedTables()) {
            tokens.put(table.name(), "ringshard.token((%s)::text)".formatted(table.key().orElseThrow()));
        }
        return tokens;
    }

    private static long rows(TestDatabase shop, RingshardConfig config) throws SQLException {
        long rows = 0;
        for (ShardedTable table : config.shardedTables()) {
            rows += shop.number("SELECT count(*) FROM " + table.name());
        }
        return rows;
    }

    @FunctionalInterface
    private interface Step<T> {
        T run() throws SQLException, IOException;
    }

    private static <T> T timed(List<List<String>> rows, String what, Step<T> step)
            throws SQLException, IOException {
        long start = System.nanoTime();
        T result = step.run();
        rows.add(row(what, (System.nanoTime() - start) / 1e9, ""));
        return result;
    }

    private static double seconds(Step<?> step) throws SQLException, IOException {
        long start = System.nanoTime();
        step.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private static List<String> row(String what, double seconds, String ratio) {
        return List.of(what, "%.2f s".formatted(seconds), ratio);
    }
}
