package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.AccountRef;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Posting;
import dev.ringshard.bank.Totals;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.status.BackupPoint;
import dev.ringshard.testing.InstalledServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.Threads;
import dev.ringshard.verify.Verification;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three servers with archives and base backups of different moments, restored to one point, which was written while everybody worked and
 * rows moved. Does not show that every interleaving is harmless; those of the protocol are in {@code internal.backup}.
 */
@Tag("ci")
class RestoredToPointPostgresTest {
    private static final int CUSTOMERS = 300;
    private static final int POINTS = 3;

    private final List<InstalledServer> servers = new ArrayList<>();
    private final Map<OperationId, String> deposits = new ConcurrentHashMap<>();
    private final Queue<RuntimeException> refused = new ConcurrentLinkedQueue<>();
    private volatile boolean isOver;

    @BeforeEach
    void start() throws IOException {
        for (int i = 0; i < 3; i++) {
            servers.add(InstalledServer.startArchiving());
        }
    }

    @AfterEach
    void stop() throws IOException {
        for (InstalledServer server : servers) {
            server.close();
        }
    }

    @Test
    void all_shards_restored_to_a_point_are_sound_exact_to_the_cent_and_have_what_was_acknowledged_before()
            throws Exception {
        RingshardConfig config = TestCluster.config(TestCluster.shards(List.of(
                servers.get(0).createDatabase(),
                servers.get(1).createDatabase(),
                servers.get(2).createDatabase())));
        Ringshard.init(config);
        List<Path> backups = new ArrayList<>();
        backups.add(servers.get(0).baseBackup());
        List<Map<OperationId, String>> before = new ArrayList<>();
        List<OperationId> after = new ArrayList<>();
        try (Ringshard bank = Ringshard.open(config)) {
            bank.customers()
                    .createAll(IntStream.range(0, CUSTOMERS)
                            .mapToObj(i -> new NewCustomer(
                                    key(i), "Ada", "Lovelace", new Balances("100.00", "100.00", "0.00")))
                            .toList());
            backups.add(servers.get(1).baseBackup());
            CountDownLatch moving = new CountDownLatch(3);
            Threads.atOnce(6, thread -> switch (thread) {
                case 0 -> {
                    try {
                        backups.add(servers.get(2).baseBackup());
                        moving.await();
                        for (int i = 1; i <= POINTS; i++) {
                            before.add(Map.copyOf(deposits));
                            BackupPoint point = bank.backupPoint("point-" + i);
                            assertThat(point.shards()).hasSize(3).allMatch(BackupPoint.OnShard::isSwitched);
                            after.add(deposit(bank));
                        }
                        int enough = deposits.size() + 200;
                        while (deposits.size() < enough) {
                            Thread.onSpinWait();
                        }
                    } finally {
                        isOver = true;
                    }
                    yield true;
                }
                case 1 -> moveToAndFro(config, moving);
                case 2, 3 -> work(() -> deposit(bank));
                default -> work(() -> transfer(bank));
            });
        }
        assertThat(refused).isEmpty();

        for (int i = POINTS;
                i > 0;
                i--) { // the later ones are not on the line of history of one that was restored to an earlier one
            String point = "point-" + i;
            for (int server = 0; server < servers.size(); server++) {
                servers.get(server).restore(backups.get(server), point);
                assertThat(servers.get(server).log()).contains("recovery stopping at restore point \"" + point + "\"");
                if (server == 0) {
                    requireNamed(config);
                }
            }
            try (Ringshard bank = Ringshard.open(config)) {
                requireSound(bank, before.get(i - 1), after.get(i - 1));
            }
        }
    }

    /** A shard that was restored alone. */
    private static void requireNamed(RingshardConfig config) {
        try (Ringshard bank = Ringshard.open(config)) {
            assertThat(bank.status().problem().orElse("none")).contains("Shard eu-1 was set back in time");
        }
    }

    private void requireSound(Ringshard bank, Map<OperationId, String> before, OperationId after) {
        assertThat(bank.status().problem()).isEmpty();
        assertThat(bank.verify().isSound()).isTrue();
        bank.recover();
        Verification verified = bank.verify();
        assertThat(verified.isOk()).as(verified.toString()).isTrue();
        assertThat(bank.status().leftovers()).isZero();
        assertThat(bank.outbox().totals().pending()).isZero();
        Totals totals = bank.customers().totals();
        assertThat(totals.customers()).isEqualTo(CUSTOMERS);
        assertThat(totals.inTransit()).isEqualByComparingTo("0");
        Set<OperationId> there = deposits.entrySet().stream()
                .filter(one ->
                        bank.customers().findEntry(one.getValue(), one.getKey()).isPresent())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        assertThat(before).isNotEmpty();
        assertThat(there).containsAll(before.keySet()).doesNotContain(after);
        assertThat(totals.money()).isEqualByComparingTo(BigDecimal.valueOf(200L * CUSTOMERS + there.size()));
        assertThat(bank.rebalancer()
                        .run(bank.rebalancer().plan(), progress -> {})
                        .complete())
                .isTrue();
        transfer(bank);
        assertThat(bank.verify().isOk()).isTrue();
    }

    private boolean work(Runnable call) {
        while (!isOver) {
            try {
                call.run();
            } catch (RingshardException failure) {
                refused.add(failure);
                throw failure;
            }
        }
        return true;
    }

    private OperationId deposit(Ringshard bank) {
        OperationId id = OperationId.random();
        String key = key(ThreadLocalRandom.current().nextInt(CUSTOMERS));
        bank.customers().deposit(key, Account.SAVINGS, BigDecimal.ONE.setScale(2), id);
        deposits.put(id, key);
        return id;
    }

    private static Posting transfer(Ringshard bank) {
        return bank.customers()
                .transfer(
                        new AccountRef(key(ThreadLocalRandom.current().nextInt(CUSTOMERS)), Account.CHECKING),
                        new AccountRef(key(ThreadLocalRandom.current().nextInt(CUSTOMERS)), Account.SAVINGS),
                        new BigDecimal("0.01"),
                        OperationId.random());
    }

    /** A shard is drained, and filled again, until it is over. */
    private boolean moveToAndFro(RingshardConfig config, CountDownLatch moving) {
        double weight = 0;
        while (!isOver) {
            RingshardConfig other =
                    config.withShard(config.shard("eu-2").orElseThrow().withWeight(weight));
            try (Ringshard mover = Ringshard.open(other)) {
                RebalanceReport moved =
                        mover.rebalancer().run(mover.rebalancer().plan(), progress -> moving.countDown());
                assertThat(moved.complete()).isTrue();
            }
            weight = 1 - weight;
        }
        return true;
    }

    private static String key(int i) {
        return "c-" + i;
    }
}
