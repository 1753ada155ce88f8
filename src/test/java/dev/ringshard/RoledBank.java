package dev.ringshard;

import dev.ringshard.bank.Balances;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.event.Repetition;
import dev.ringshard.event.RingshardListener;
import dev.ringshard.testing.HandMover;
import dev.ringshard.testing.Roles;
import dev.ringshard.testing.Roles.Role;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two shards whose databases know the roles of {@code src/docs/roles.sql}; what a test of a role begins with. */
abstract class RoledBank {
    static final int CUSTOMERS = 30;

    final ExecutorService executor = Executors.newCachedThreadPool();
    Roles roles = Roles.withDatabases(0);

    @BeforeEach
    void begin() throws SQLException {
        roles = Roles.withCluster(2);
    }

    @AfterEach
    void end() {
        executor.shutdownNow();
        roles.close();
    }

    final List<String> ask(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = roles.database(1).connect();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            while (found.next()) {
                rows.add(found.getString(1));
            }
        }
        return rows;
    }

    static String key(int i) {
        return "c-" + i;
    }

    static BigDecimal money(String amount) {
        return new BigDecimal(amount);
    }

    static void create(Ringshard bank) {
        bank.customers()
                .createAll(IntStream.range(0, CUSTOMERS)
                        .mapToObj(
                                i -> new NewCustomer(key(i), "Ada", "Lovelace", new Balances("10.00", "0.00", "0.00")))
                        .toList());
    }

    final RingshardConfig patient(Role role) {
        return within(Duration.ofSeconds(30), role);
    }

    final RingshardConfig impatient(Role role) {
        return within(Duration.ofMillis(300), role);
    }

    private RingshardConfig within(Duration patience, Role role) {
        return RingshardConfig.builder("bank")
                .shards(roles.config(role).shards())
                .routingTimeout(patience)
                .build();
    }

    /** Customers, and a range of some of them that nobody serves: handed over, and not activated. */
    final HandMover handedOver(Ringshard bank) throws SQLException {
        create(bank);
        String key = IntStream.range(0, CUSTOMERS)
                .mapToObj(RoledBank::key)
                .filter(one -> ownedBy(bank, one, "eu-1"))
                .findFirst()
                .orElseThrow();
        HandMover mover =
                new HandMover(roles.database(1), roles.database(2), "eu-2", BankConfig.ON.tables(), firstToken(key));
        mover.lock();
        mover.stage();
        mover.handOver();
        return mover;
    }

    static boolean ownedBy(Ringshard bank, String key, String shard) {
        return bank.router().locate(key).shard().equals(shard);
    }

    /** Where the row of the shard eu-1 begins that holds the key's token. */
    private long firstToken(String key) throws SQLException {
        return Long.parseLong(
                ask("SELECT first_token FROM ringshard.owned_range, customers WHERE customer_key = '%s'".formatted(key)
                                + " AND ring_token BETWEEN first_token AND last_token")
                        .get(0));
    }

    static RingshardListener counting(AtomicInteger repeated) {
        return new RingshardListener() {
            @Override
            public void repeats(Repetition reason, String shard) {
                repeated.incrementAndGet();
            }
        };
    }
}
