package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.Customer;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Posting;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.testing.OpenCluster;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.Threads;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The bank stays open while a shard joins and another leaves: 4 writers, 2 readers and a reader of all shards. What dies
 * here is nobody; the threads are of one process.
 */
abstract class RebalanceUnderLoadContract {
    private static final int CUSTOMERS = 150;
    private static final int WRITERS = 4;
    private static final int READERS = 2;
    private static final BigDecimal OPENING = new BigDecimal("1000.00");

    private final DatabaseKind kind;
    private final OpenCluster cluster;
    private final CustomerRepository customers;
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final Map<String, BigDecimal> acknowledged = new ConcurrentHashMap<>();
    private final AtomicLong operations = new AtomicLong();

    RebalanceUnderLoadContract(DatabaseKind kind) throws SQLException {
        this.kind = kind;
        this.cluster = OpenCluster.of(Collections.nCopies(3, kind));
        this.customers = cluster.ringshard().customers();
    }

    @BeforeEach
    void create() {
        customers.createAll(IntStream.range(0, CUSTOMERS)
                .mapToObj(i -> new NewCustomer(key(i), "Ada " + i, "Lovelace", new Balances("1000.00", "0.00", "0.00")))
                .toList());
    }

    @AfterEach
    void everythingIsSoundInTheEnd() throws SQLException {
        cluster.assertSound();
        cluster.close();
    }

    @Test
    void a_shard_joins_and_another_leaves_while_the_bank_is_open() throws SQLException {
        ShardConfig joining = TestCluster.shard("eu-4", TestCluster.database(kind));
        cluster.watch(joining);
        long generator = System.nanoTime();
        System.err.println("seed " + generator);

        List<RebalanceReport> reports = Threads.atOnce(WRITERS + READERS + 2, thread -> {
                    if (thread < WRITERS) {
                        write(RandomGeneratorFactory.of("L64X128MixRandom").create(generator + thread), thread);
                    } else if (thread < WRITERS + READERS) {
                        read(RandomGeneratorFactory.of("L64X128MixRandom").create(generator + thread));
                    } else if (thread == WRITERS + READERS) {
                        readAll();
                    } else {
                        return changeShards(joining);
                    }
                    return List.<RebalanceReport>of();
                })
                .stream()
                .flatMap(List::stream)
                .toList();

        assertThat(reports).hasSize(2).allSatisfy(report -> {
            assertThat(report.complete()).isTrue();
            assertThat(report.movedRows()).isPositive();
        });
        assertThat(operations.get()).isGreaterThan(CUSTOMERS);
        assertThat(cluster.ringshard().status().shards())
                .extracting(ClusterStatus.ShardStatus::name)
                .containsExactly("eu-1", "eu-3", "eu-4");
        assertThat(cluster.ringshard().status().isSettled()).isTrue();
        assertEverybodyHasWhatWasAcknowledged();
    }

    private List<RebalanceReport> changeShards(ShardConfig joining) {
        try {
            RebalanceReport joined = cluster.ringshard().addShard(joining);
            RebalanceReport left = cluster.ringshard().removeShard("eu-2");
            return List.of(joined, left);
        } finally {
            isOver.set(true);
        }
    }

    /** Each writer has customers of its own, so that it knows their balances exactly. Every tenth call is repeated. */
    private void write(RandomGenerator random, int writer) {
        for (int i = 0; !isOver.get() || i < 50; i++) {
            String key = key(WRITERS * random.nextInt(CUSTOMERS / WRITERS) + writer);
            BigDecimal amount = BigDecimal.valueOf(random.nextLong(1, 1000), 2);
            OperationId id = OperationId.random();
            BigDecimal expected = acknowledged.getOrDefault(key, OPENING).add(amount);
            Posting posting = customers.deposit(key, Account.SAVINGS, amount, id);
            assertThat(posting).isInstanceOf(Posting.Applied.class);
            assertThat(posting.balance()).as("balance of %s", key).isEqualByComparingTo(expected);
            acknowledged.put(key, expected);
            if (i % 10 == 0) {
                assertThat(customers.deposit(key, Account.SAVINGS, amount, id))
                        .isInstanceOf(Posting.AlreadyApplied.class);
            }
            operations.incrementAndGet();
        }
    }

    /** What was acknowledged before a read began must show in it; versions never go back. */
    private void read(RandomGenerator random) {
        Map<String, Long> versions = new HashMap<>();
        while (!isOver.get()) {
            String key = key(random.nextInt(CUSTOMERS));
            BigDecimal before = acknowledged.getOrDefault(key, OPENING);
            Customer customer = customers.find(key).orElseThrow();
            assertThat(customer.balances().savings()).as("savings of %s", key).isGreaterThanOrEqualTo(before);
            Long earlier = versions.put(key, customer.version());
            assertThat(customer.version()).isGreaterThanOrEqualTo(earlier == null ? 0 : earlier);
        }
    }

    private void readAll() {
        while (!isOver.get()) {
            BigDecimal before = sum();
            assertThat(customers.count()).isEqualTo(CUSTOMERS);
            assertThat(customers.totals().money()).isGreaterThanOrEqualTo(before);
        }
    }

    private BigDecimal sum() {
        return IntStream.range(0, CUSTOMERS)
                .mapToObj(i -> acknowledged.getOrDefault(key(i), OPENING))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private void assertEverybodyHasWhatWasAcknowledged() {
        for (int i = 0; i < CUSTOMERS; i++) {
            assertThat(customers.find(key(i)).orElseThrow().balances().savings())
                    .as("savings of %s", key(i))
                    .isEqualByComparingTo(acknowledged.getOrDefault(key(i), OPENING));
        }
        assertThat(customers.totals().money()).isEqualByComparingTo(sum());
    }

    private static String key(int number) {
        return "c-" + number;
    }
}
