package dev.ringshard.chaos;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringshard.Ringshard;
import dev.ringshard.chaos.Violation.Kind;
import dev.ringshard.cli.Cli;
import dev.ringshard.cli.ShopToAdopt;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.jdbc.ShardKey;
import dev.ringshard.testing.TestDatabase;
import dev.ringshard.walk.ShopBooks;
import dev.ringshard.walk.ShopInstance;
import dev.ringshard.walk.ShopTransactions;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * The application of a shop whose tables nobody made for shards, in this process, on connections of the data source, with books of all
 * that was acknowledged. What fails must be explained by a fault, and have had no effect unless its SQLSTATE says that nobody knows.
 */
final class ShopClients implements AutoCloseable {
    /** What {@code doctor} proposes. */
    static final List<ShardedTable> TABLES = List.of(
            ShardedTable.byKey("tenants", "id"),
            ShardedTable.byKey("users", "tenant_id"),
            ShardedTable.byKey("orders", "tenant_id"),
            ShardedTable.byKey("order_lines", "tenant_id"),
            ShardedTable.byKey("returns", "tenant_id"),
            ShardedTable.byKey("sessions", "tenant_id"),
            ShardedTable.byKey("audit_log", "tenant_id"));

    static final String YAML = TABLES.stream()
            .map(table ->
                    "{ name: %s, key: %s }".formatted(table.name(), table.key().orElseThrow()))
            .collect(Collectors.joining(", "));

    static final List<String> REFERENCE = List.of("countries", "currencies");

    /** As the page on adopting has it. */
    private static final String FOR_MANY_SHARDS = """
            ALTER TABLE users ALTER COLUMN id DROP IDENTITY, ALTER COLUMN id SET DEFAULT ringshard.next_id();
            ALTER TABLE orders ALTER COLUMN id DROP IDENTITY, ALTER COLUMN id SET DEFAULT ringshard.next_id();
            ALTER TABLE audit_log ALTER COLUMN id SET DEFAULT ringshard.next_id();
            """;

    /** What transactions are counted as that did what they were to do. */
    static final String DONE = "done";

    private static final int TENANTS = 20;
    private static final int THREADS = 3;
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(40);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Beginnings of SQLSTATEs: connection, rollback, resources, lock not available, shut down. */
    private static final Set<String> EXPLAINED = Set.of("08", "40", "53", "55", "57");

    private final Ringshard cluster;
    private final ShopTransactions transactions;
    private final Tally tally;
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Violation> violations = new ConcurrentLinkedQueue<>();
    private volatile boolean isOver;

    private ShopClients(Ringshard cluster, ShopBooks books, Tally tally) {
        this.cluster = cluster;
        this.transactions = ShopTransactions.whoseAnswersGetLost(books);
        this.tally = tally;
        for (int i = 0; i < THREADS; i++) {
            threads.add(new Thread(this::work, "shop-" + i));
        }
    }

    /** Makes the tables in databases that are to found a cluster, all as the doctor mends them in the first. */
    static void makeTables(List<TestDatabase> databases) throws SQLException, IOException {
        for (TestDatabase database : databases) {
            database.execute(ShopToAdopt.resource("schema.sql"));
        }
        TestDatabase first = databases.get(0);
        JsonNode diagnosis = Cli.bare(
                        "doctor", "--url", first.url(), "--user", first.user(), "--local", "feature_switches", "--json")
                .json();
        for (TestDatabase database : databases) {
            ShopToAdopt.mend(database, diagnosis);
            database.execute("ALTER TABLE sessions SET LOGGED");
        }
    }

    /** Lets each database give ids of its own, and opens the shop with some tenants. */
    static ShopBooks open(RingshardConfig config, List<TestDatabase> databases) throws SQLException {
        for (TestDatabase database : databases) {
            database.execute(FOR_MANY_SHARDS);
        }
        try (Ringshard cluster = Ringshard.open(config)) {
            cluster.reference("countries").update(transaction -> transaction
                    .dsl()
                    .execute("INSERT INTO countries VALUES ('DE', 'Germany'), ('FR', 'France')"));
            cluster.reference("currencies")
                    .update(transaction -> transaction.dsl().execute("INSERT INTO currencies VALUES ('EUR', 'DE')"));
            for (int i = 0; i < TENANTS; i++) {
                welcome(cluster, UUID.randomUUID(), i);
            }
        }
        return ShopBooks.of(databases);
    }

    private static void welcome(Ringshard cluster, UUID tenant, int number) throws SQLException {
        ShardKey.with(tenant, () -> {
            try (Connection connection = cluster.dataSource().getConnection();
                    PreparedStatement insert = connection.prepareStatement("""
                            WITH tenant AS (INSERT INTO tenants (id, name, country) VALUES (?, ?, 'DE') RETURNING id)
                            INSERT INTO users (tenant_id, email) SELECT id, ? FROM tenant""")) {
                insert.setObject(1, tenant);
                insert.setString(2, "Tenant " + number);
                insert.setString(3, "first@" + number);
                return insert.executeUpdate();
            }
        });
    }

    /** Lets them work until they are closed. */
    static ShopClients begin(Path config, ShopBooks books, Tally tally) {
        ShopClients clients = new ShopClients(Ringshard.open(RingshardConfig.load(config)), books, tally);
        clients.threads.forEach(Thread::start);
        return clients;
    }

    private void work() {
        ShopInstance instance = ShopInstance.routed(cluster.dataSource());
        while (!isOver) {
            try {
                transactions.run(instance);
                tally.add("shop", DONE, 1);
            } catch (SQLException failure) {
                failed(failure);
            } catch (RuntimeException | AssertionError wrong) {
                violations.add(new Violation(Kind.WRONG_ANSWER, "in the shop: " + wrong));
            }
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE.toNanos()));
        }
    }

    private void failed(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        tally.add("shop", "failed, " + state, 1);
        if (EXPLAINED.stream().noneMatch(state::startsWith)) {
            violations.add(new Violation(Kind.UNEXPECTED, "in the shop: %s, %s".formatted(state, failure)));
        }
    }

    /** What was not as it must be. */
    List<Violation> violations() {
        return List.copyOf(violations);
    }

    /** Ends once each knows what became of what it did last. */
    @Override
    public void close() {
        isOver = true;
        await().atMost(PATIENCE).until(() -> threads.stream().noneMatch(Thread::isAlive));
        cluster.close();
    }
}
