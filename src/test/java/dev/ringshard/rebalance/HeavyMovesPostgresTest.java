package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringshard.Joining;
import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.PoolConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.handover.HandoverStep;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.rebalance.HitPages.Share;
import dev.ringshard.status.RecoveryOutcome;
import dev.ringshard.testing.JavaProcess;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import dev.ringshard.verify.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * All that makes a move hard, in one run: a key with many rows, a key that eight write to all the time, movers that are killed
 * again and again and one that is frozen while it holds the locks. Everything moves to a second shard, and back again, for as long as it
 * takes. With a million rows: {@code ./mvnw test -Pci -Dtest=HeavyMovesPostgresTest -Dringshard.heavy.rows=1000000
 * -Dringshard.heavy.kills=20}, which takes some minutes.
 *
 * <p>It does not show that writers wait for a short time only: how long they did is printed. The servers live on; what dies
 * with a mover there is the chaos suite's.
 */
@Tag("ci")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class HeavyMovesPostgresTest {
    private static final int ROWS = Integer.getInteger("ringshard.heavy.rows", 20_000);
    private static final int KILLS = Integer.getInteger("ringshard.heavy.kills", 2);
    private static final long SEED = Long.getLong("ringshard.heavy.seed", System.nanoTime());

    private static final String MOVER = "mover";

    private static final String OF_HEAVY =
            "ringshard.token('%s') BETWEEN first_token AND last_token".formatted(HitPages.HEAVY);

    private static final int WRITERS_OF_HOT = 8;
    private static final int WRITERS_OF_HEAVY = 2;
    private static final int WRITERS_OF_SMALL = 2;

    /** A machine may be as busy as it likes: nothing here depends on time. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Of one writer, so that a machine with two cores has time left to move. */
    private static final Duration BETWEEN_WRITES = Duration.ofMillis(20);

    private static final PoolConfig POOL = PoolConfig.DEFAULT.withSize(16).withConnectionTimeout(Duration.ofMinutes(1));

    /** The heavy key is a chunk of its own, which is several times as large as another may be. */
    private static final long CHUNK_ROWS = Math.max(1, ROWS / 10);

    private final long begun = System.nanoTime();
    private final Random random = new Random(SEED);
    private final HitPages pages = new HitPages(ROWS);
    private final List<TestDatabase> databases = new ArrayList<>();

    /** Odd while one is. */
    private final AtomicInteger frozen = new AtomicInteger();

    private final WaitTimes heavyWrites = new WaitTimes();
    private final WaitTimes heavyWritesBesideFrozen = new WaitTimes();
    private final WaitTimes otherWrites = new WaitTimes();

    private volatile boolean isOver;
    private int source;
    private int movers;

    @TempDir
    Path directory = Path.of("");

    @Test
    void a_heavy_key_a_hot_key_killed_movers_and_a_frozen_one_end_exact() throws SQLException, IOException {
        System.out.printf("Seed %d, %d rows, %d kills%n", SEED, ROWS, KILLS);
        try (PostgresServer server = PostgresServer.start(Map.of())) {
            RingshardConfig config = founded(server);
            try (Ringshard shop = Ringshard.open(config)) {
                writeAllTheTime(shop, this::disturbMovers);
            }
            assertExact(config);
        }
        System.out.printf(
                "Writes to the heavy key: %s%nBeside a frozen mover: %s%nTo others: %s%n",
                heavyWrites, heavyWritesBesideFrozen, otherWrites);
    }

    private void disturbMovers(List<CompletableFuture<Void>> writers) {
        List<Optional<HandoverStep>> kills = kills();
        for (int i = 0; i < kills.size(); i++) {
            if (i == kills.size() / 2) {
                untilItWasSo(this::freezeOne);
            }
            Optional<HandoverStep> step = kills.get(i);
            untilItWasSo(() -> step.map(this::killBefore).orElseGet(this::killSometime));
            writers.stream().filter(CompletableFuture::isDone).forEach(CompletableFuture::join);
        }
        untilItWasSo(this::moveUndisturbed);
    }

    /** Half of them before a step, each step once if there are enough, and half at any time. */
    private List<Optional<HandoverStep>> kills() {
        List<HandoverStep> steps = new ArrayList<>(Arrays.asList(HandoverStep.values()));
        Collections.shuffle(steps, random);
        List<Optional<HandoverStep>> kills = new ArrayList<>();
        for (int i = 0; i < KILLS; i++) {
            kills.add(i < Math.min(KILLS / 2, steps.size()) ? Optional.of(steps.get(i)) : Optional.empty());
        }
        Collections.shuffle(kills, random);
        return kills;
    }

    /** One that comes too late, because all had moved before, is repeated on the way back. */
    private static void untilItWasSo(BooleanSupplier disturbance) {
        while (!disturbance.getAsBoolean()) {
            // again
        }
    }

    /** Once it is the heavy key's turn. */
    private boolean killBefore(HandoverStep step) {
        try (JavaProcess mover = start(step, MoverProcess.EACH_TIME)) {
            return stops(mover, () -> !isHeavyAtRest()) && killed(mover, "before " + step);
        }
    }

    private boolean killSometime() {
        Duration delay = Duration.ofMillis(random.nextInt(500 + ROWS / 100));
        try (JavaProcess mover = start(HandoverStep.CLAIM, 1)) {
            if (!stops(mover, () -> true)) {
                return false;
            }
            mover.tell("go on");
            Optional<String> end = mover.nextLine(delay);
            end.ifPresent(line -> ended(mover, line));
            return end.isEmpty() && killed(mover, delay.toMillis() + " ms after its first claim");
        }
    }

    private boolean killed(JavaProcess mover, String when) {
        assertThat(mover.isAlive()).as(mover::complaints).isTrue();
        mover.kill();
        tell(mover.name() + " was killed " + when);
        return true;
    }

    private boolean freezeOne() {
        try (JavaProcess mover = start(HandoverStep.HAND_OVER, MoverProcess.EACH_TIME)) {
            if (!stops(mover, this::isHeavyLocked)) {
                return false;
            }
            frozen.incrementAndGet();
            mover.stop();
            await("the end of its session").atMost(PATIENCE).until(() -> lockers() == 0);
            frozen.incrementAndGet();
            tell(mover.name() + " was frozen until its session ended");
            mover.resume();
            mover.tell("go on");
            stops(mover, () -> false);
            return true;
        }
    }

    /** By this process, which need not be started. */
    private boolean moveUndisturbed() {
        RingshardConfig config = RingshardConfig.load(yaml(source));
        try (Shards shards = Shards.open(config.shards())) {
            Rebalancer mover = new Rebalancer(config, shards, Joining.of(config));
            tell("all was moved: "
                    + mover.run(mover.plan(), RebalanceSettings.DEFAULT.withChunkRows(CHUNK_ROWS), progress -> {}));
            source = 1 - source;
            return true;
        } catch (StaleVersionException finishedByWriter) {
            return false;
        }
    }

    private void tell(String event) {
        System.out.printf("After %d s %s%n", (System.nanoTime() - begun) / 1_000_000_000, event);
    }

    /** Whether it stops before its step while something is so; otherwise it has come to its end. */
    private boolean stops(JavaProcess mover, BooleanSupplier isSo) {
        while (true) {
            String line = mover.nextLine(PATIENCE).orElseThrow(() -> new AssertionError(mover.complaints()));
            if (!line.equals(MoverProcess.REACHED)) {
                ended(mover, line);
                return false;
            }
            if (isSo.getAsBoolean()) {
                return true;
            }
            mover.tell("go on");
        }
    }

    /** The next one moves back; or makes a new plan, because a writer has finished a handover since this one made his. */
    private void ended(JavaProcess mover, String line) {
        assertThat(line).as(mover::complaints).isIn(MoverProcess.DONE, StaleVersionException.class.getSimpleName());
        if (line.equals(MoverProcess.DONE)) {
            tell(mover.name() + " moved the rest from " + (source == 0 ? "eu-1" : "eu-2"));
            source = 1 - source;
        }
    }

    private JavaProcess start(HandoverStep step, int time) {
        movers++;
        return MoverProcess.start("mover-" + movers, yaml(source), step, time, CHUNK_ROWS);
    }

    /** Its source owns it, and nobody has claimed it. */
    private boolean isHeavyAtRest() {
        return number("SELECT count(*) FROM ringshard.owned_range WHERE NOT is_logged AND " + OF_HEAVY) == 1;
    }

    /** Its source owns it, and nobody may write to it. */
    private boolean isHeavyLocked() {
        return number("""
                SELECT (SELECT count(*) FROM ringshard.owned_range WHERE %1$s)
                    - (SELECT count(*) FROM (SELECT 1 FROM ringshard.owned_range WHERE %1$s FOR SHARE SKIP LOCKED) free)""".formatted(OF_HEAVY)) == 1;
    }

    /** The mover's sessions that lock rows of ranges, or wait for them. */
    private long lockers() {
        return number("""
                SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
                WHERE application_name = '%s' AND datname = current_database()
                    AND relation = 'ringshard.owned_range'::regclass AND mode = 'RowShareLock'""".formatted(MOVER));
    }

    private long number(String query) {
        try {
            return databases.get(source).number(query);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private RingshardConfig founded(PostgresServer server) throws SQLException, IOException {
        for (int i = 0; i < 2; i++) {
            databases.add(server.createDatabase());
        }
        pages.create(databases.get(0));
        databases.get(1).execute(HitPages.SCHEMA);
        for (int from = 0; from < 2; from++) {
            List<String> yaml = new ArrayList<>(List.of("cluster: shop", "bank: false", HitPages.YAML, "shards:"));
            for (int i = 0; i < 2; i++) {
                TestDatabase database = databases.get(i);
                yaml.add(new TestDatabase(
                                database.url() + "?ApplicationName=" + MOVER, database.user(), database.password())
                        .yaml("eu-" + (i + 1))
                        .replace(" }", ", weight: %d }".formatted(i == from ? 0 : 1)));
            }
            Files.write(yaml(from), yaml);
        }
        RingshardConfig.Builder config = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .routingTimeout(PATIENCE)
                .shard(TestCluster.shard("eu-1", databases.get(0)).withPool(POOL))
                .shard(TestCluster.shard("eu-2", databases.get(1))
                        .withPool(POOL)
                        .withWeight(0));
        HitPages.TABLES.forEach(config::table);
        RingshardConfig founding = config.build();
        Ringshard.init(founding);
        return founding;
    }

    private Path yaml(int from) {
        return directory.resolve("from-%d.yaml".formatted(from));
    }

    private void writeAllTheTime(Ringshard shop, Consumer<List<CompletableFuture<Void>>> meanwhile) {
        ExecutorService threads = Executors.newCachedThreadPool();
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS_OF_HOT; i++) {
            Share own = pages.ofHot(i, WRITERS_OF_HOT);
            writers.add(CompletableFuture.runAsync(() -> writeAllTheTime(shop, own, otherWrites), threads));
        }
        for (int i = 0; i < WRITERS_OF_SMALL; i++) {
            Share own = pages.ofSmall(i, WRITERS_OF_SMALL);
            writers.add(CompletableFuture.runAsync(() -> writeAllTheTime(shop, own, otherWrites), threads));
        }
        for (int i = 0; i < WRITERS_OF_HEAVY; i++) {
            Share own = pages.ofHeavy(i, WRITERS_OF_HEAVY);
            writers.add(CompletableFuture.runAsync(() -> writeAllTheTime(shop, own, heavyWrites), threads));
        }
        try {
            meanwhile.accept(writers);
        } finally {
            isOver = true;
            threads.shutdown();
        }
        writers.forEach(CompletableFuture::join);
    }

    private void writeAllTheTime(Ringshard shop, Share own, WaitTimes times) {
        RandomGenerator any = RandomGenerator.of("L64X128MixRandom");
        while (!isOver) {
            int before = frozen.get();
            long beginning = System.nanoTime();
            pages.write(shop, own, any);
            long lasted = System.nanoTime() - beginning;
            boolean isBesideFrozen = before % 2 == 1 || frozen.get() != before;
            LockSupport.parkNanos(BETWEEN_WRITES.toNanos());
            (isBesideFrozen && times == heavyWrites ? heavyWritesBesideFrozen : times).add(lasted);
        }
    }

    private void assertExact(RingshardConfig config) throws SQLException {
        try (Ringshard shop = Ringshard.open(config)) {
            shop.rebalancer().recover();
            assertThat(shop.rebalancer().recover()).isEqualTo(new RecoveryOutcome(0, 0, 0, 0, List.of()));
            Verification verification = shop.verify();
            assertThat(verification.isOk()).as(verification::toString).isTrue();
            assertThat(shop.status().leftovers()).isZero();
        }
        for (TestDatabase database : databases) {
            assertThat(database.number("SELECT count(*) FROM ringshard.change")).isZero();
            assertThat(database.number("SELECT count(*) FROM ringshard.owned_range WHERE is_logged"))
                    .isZero();
        }
        assertThat(number("SELECT count(*) FROM pages")).isPositive();
        source = 1 - source;
        assertThat(number("SELECT count(*) FROM pages") + number("SELECT count(*) FROM hits"))
                .as("what is left where everything moved away")
                .isZero();
        assertThat(pages.differences(databases)).isEmpty();
    }
}
