package dev.ringshard.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.RingConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.ring.RingStrategy;
import dev.ringshard.testing.FaultProxy;
import dev.ringshard.testing.TestDatabase;
import dev.ringshard.testing.Threads;
import dev.ringshard.walk.ShopBooks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.random.RandomGenerator;

/**
 * A cluster with its clients, on which faults strike: shards on durable servers, each behind a {@link FaultProxy}, and
 * client processes that reach them only through that. {@link #play} lasts as long as the script says; then everything is
 * mended, the clients end, and what is left is quiet. All that was started is ended by {@link #close}.
 */
final class Stage implements AutoCloseable {
    private static final int VIRTUAL_NODES = 8;
    private static final String CLIENTS = "clients";
    private static final Duration LONGER = Duration.ofMinutes(3);
    private static final Duration A_MOMENT = Duration.ofMillis(200);

    private final Path directory;
    private final Script script;
    private final SplittableRandom random;
    private final List<StagedShard> shards = new ArrayList<>();
    private final Tally tally = new Tally();
    private final ReadWriteLock calm = new ReentrantReadWriteLock(true);
    private final CountDownLatch over = new CountDownLatch(1);
    private final Clients clients = new Clients(this::orders);
    private final Movers movers;
    private Optional<ShopBooks> books = Optional.empty();
    private Optional<ShopClients> shop = Optional.empty();

    /** @param directory for the configuration and the histories */
    Stage(Path directory, Script script) throws IOException, SQLException {
        this.directory = directory;
        this.script = script;
        this.random = new SplittableRandom(script.seed());
        this.movers = new Movers(directory, yaml(CLIENTS));
        try {
            long began = System.nanoTime();
            found();
            tally.add(
                    "seconds",
                    "to found",
                    Duration.ofNanos(System.nanoTime() - began).toSeconds());
            writeYaml(CLIENTS, script.weights());
            clients.standBy(script.clients());
            movers.standBy(script.movers());
        } catch (IOException | SQLException | RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private void found() throws SQLException, IOException {
        for (int i = 0; i < script.weights().size(); i++) {
            shards.add(StagedShard.start("eu-" + (i + 1), script.weights().get(i)));
        }
        if (script.isShop()) {
            ShopClients.makeTables(databases());
        }
        Ringshard.init(config());
        if (script.isShop()) {
            books = Optional.of(ShopClients.open(config(), databases()));
            return;
        }
        try (Ringshard bank = Ringshard.open(config())) {
            for (int i = 0; i < script.population().customers(); i++) {
                bank.customers().create(script.population().newCustomer(i));
            }
        }
    }

    private ClientOrders orders(String name) {
        long seed;
        synchronized (random) {
            seed = random.nextLong();
        }
        Path history = directory.resolve(name + ".history");
        return new ClientOrders(name, yaml(CLIENTS), history, seed, script.threads(), script.population());
    }

    private List<TestDatabase> databases() {
        return shards.stream().map(StagedShard::database).toList();
    }

    /** The cluster past the proxies. */
    RingshardConfig config() {
        RingshardConfig.Builder config = RingshardConfig.builder("bank")
                .ring(RingConfig.DEFAULT.withVirtualNodes(VIRTUAL_NODES))
                .shards(shards.stream().map(StagedShard::direct).toList());
        if (script.isShop()) {
            config.bank(BankConfig.OFF);
            ShopClients.TABLES.forEach(config::table);
            ShopClients.REFERENCE.forEach(config::referenceTable);
        } else {
            config.table(Notes.TABLE).migrations(Notes.MIGRATIONS);
        }
        return config.build();
    }

    /** As {@link #writeYaml(String, RingStrategy, List)}, with the strategy that is the default. */
    Path writeYaml(String name, List<Double> weights) throws IOException {
        return writeYaml(name, RingConfig.DEFAULT.strategy(), weights);
    }

    /**
     * Writes a configuration for processes that reach the cluster through the proxies, and give up soon enough to meet
     * many faults.
     *
     * @param weights of the shards, in their order
     */
    Path writeYaml(String name, RingStrategy strategy, List<Double> weights) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "cluster: bank",
                "ring: { virtual-nodes: %d, strategy: %s }".formatted(VIRTUAL_NODES, strategy.name()),
                tables(),
                "routing-timeout: 2s",
                "pool: { size: 6, connection-timeout: 2s, lock-timeout: 1s, socket-timeout: 3s }",
                "shards:"));
        for (int i = 0; i < shards.size(); i++) {
            lines.add(shards.get(i).yaml(weights.get(i)));
        }
        return Files.write(yaml(name), lines);
    }

    private String tables() {
        return script.isShop()
                ? "bank: false\ntables: { sharded: [ %s ], reference: [ %s ] }"
                        .formatted(ShopClients.YAML, String.join(", ", ShopClients.REFERENCE))
                : "tables: { sharded: [ %s ] }".formatted(Notes.YAML);
    }

    private Path yaml(String name) {
        return directory.resolve(name + ".yaml");
    }

    Path directory() {
        return directory;
    }

    Script script() {
        return script;
    }

    Tally tally() {
        return tally;
    }

    Clients clients() {
        return clients;
    }

    Movers movers() {
        return movers;
    }

    List<StagedShard> shards() {
        return List.copyOf(shards);
    }

    StagedShard shard(String name) {
        return shards.stream()
                .filter(shard -> shard.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    StagedShard anyShard(RandomGenerator by) {
        return shards.get(by.nextInt(shards.size()));
    }

    /** Makes trouble: at the same time as others, unless one of them must be {@linkplain Fault#isAlone() alone}. */
    void strike(Fault fault, RandomGenerator by) throws Exception {
        Lock lock = fault.isAlone() ? calm.writeLock() : calm.readLock();
        lock.lock();
        try {
            fault.strike(this, by);
        } finally {
            lock.unlock();
        }
    }

    /** Lets time pass; less if the play ends before. */
    void lasts(Duration time) {
        try {
            over.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            over.countDown();
        }
    }

    /** Ends the play early. */
    void end() {
        over.countDown();
    }

    boolean isOver() {
        return over.getCount() == 0;
    }

    /**
     * As {@link #perform}; then money that is still on its way arrives, everybody gets what they owned at first, and nothing is left
     * lying about.
     */
    void play(List<Actor> actors) throws SQLException {
        perform(actors);
        timed("to deliver", this::deliver);
        timed("to settle", this::settle);
    }

    /**
     * Lets the clients work and the actors play at once until time is up, and a little longer where rows have not moved by then or an
     * actor has not had its turn; less if somebody {@linkplain #end() ends} it, or an actor fails. Then mends everything and waits until nothing moves any more.
     */
    void perform(List<Actor> actors) throws SQLException {
        timed("to start clients", clients::work);
        shop = books.map(kept -> ShopClients.begin(yaml(CLIENTS), kept, tally));
        List<RandomGenerator> seeds = new ArrayList<>();
        synchronized (random) {
            actors.forEach(actor -> seeds.add(random.split()));
        }
        Duration patience = script.length().plus(LONGER).plusMinutes(2);
        Threads.atOnce(actors.size() + 1, patience, thread -> {
            try {
                if (thread == actors.size()) {
                    lasts(script.length());
                    lastsUntilSomethingIsShown(actors);
                } else {
                    actors.get(thread).play(this, seeds.get(thread));
                }
            } finally {
                end();
            }
            return thread;
        });
        timed("to rest", this::comeToRest);
        countHandovers();
    }

    private void lastsUntilSomethingIsShown(List<Actor> actors) {
        long began = System.nanoTime();
        while (!isOver() && !isSomethingShown(actors) && System.nanoTime() - began < LONGER.toNanos()) {
            lasts(A_MOMENT);
        }
    }

    private boolean isSomethingShown(List<Actor> actors) {
        Map<String, Map<String, Long>> counts = tally.counts();
        return counts.getOrDefault(MoverFault.ENDED, Map.of()).containsKey(ChaosMover.MOVED)
                && actors.stream().map(Actor::name).allMatch(counts::containsKey);
    }

    private void timed(String what, Runnable work) {
        long began = System.nanoTime();
        work.run();
        tally.add("seconds", what, Duration.ofNanos(System.nanoTime() - began).toSeconds());
    }

    private void comeToRest() {
        movers.close();
        shards.forEach(shard -> shard.proxy().heal());
        clients.end(Duration.ofMinutes(1));
        shop.ifPresent(ShopClients::close);
        shards.forEach(shard -> shard.proxy().cut());
        shards.forEach(shard -> await("no session left on " + shard.name())
                .atMost(Duration.ofSeconds(30))
                .until(shard::isQuiet));
    }

    /** What the shop was answered, and has in the end, that it must not. */
    List<Violation> shopViolations() throws SQLException {
        List<Violation> violations = new ArrayList<>();
        shop.ifPresent(clients -> violations.addAll(clients.violations()));
        if (books.isPresent()) {
            books.get()
                    .differences(databases())
                    .forEach(difference ->
                            violations.add(new Violation(Violation.Kind.LOST, "of the shop: " + difference)));
        }
        return violations;
    }

    private void countHandovers() throws SQLException {
        for (StagedShard shard : shards) {
            StagedShard.Handovers handovers = shard.handovers();
            tally.add("handed over", "chunks", handovers.chunks());
            tally.add("handed over", "rows", handovers.rows());
        }
    }

    /** By nobody's hand: what clients that were killed have left, any process that has the cluster open delivers. */
    private void deliver() {
        if (script.isShop()) {
            return; // which sends nothing
        }
        try (Ringshard bank = Ringshard.open(config())) {
            long left = bank.outbox().totals().pending();
            tally.add("messages", "left by clients", left);
            await("no money on its way")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> bank.outbox().totals().pending() == 0);
        }
    }

    private void settle() {
        try (Ringshard bank = Ringshard.open(config())) {
            RebalanceReport report = bank.rebalancer().run(bank.rebalancer().plan(), progress -> {});
            assertThat(report.complete()).as("the last rebalance is complete").isTrue();
            assertThat(bank.status().isSettled()).as("nothing awaits anybody").isTrue();
        }
    }

    @Override
    public void close() {
        end();
        try (clients;
                movers) {
            shop.ifPresent(ShopClients::close); // the others, whatever comes of it
        } finally {
            shards.forEach(StagedShard::close);
        }
    }
}
