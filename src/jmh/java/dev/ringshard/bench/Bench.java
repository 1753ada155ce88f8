package dev.ringshard.bench;

import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.shard.Shards;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Measures a cluster: the same work by Ringshard and by hand-written JDBC, by turns, on pools of the same settings. The work of both
 * is real; what it stores is under keys and in tables of its own until {@link #clear} removes it.
 *
 * <p>The raw side does not know of tokens, ranges and moves. That is the point of it: the ratio is the price of all that
 * Ringshard does. For one caller.
 */
final class Bench implements AutoCloseable {
    /** The part of the time, at a guess, that it takes to create the customers. */
    private static final double FILLED = 0.05;

    private final Shards shards;
    private final Ringshard cluster;
    private final StoredTables stored;
    private final RunKeys keys;

    private Bench(Shards shards, Ringshard cluster, StoredTables stored, RunKeys keys) {
        this.shards = shards;
        this.cluster = cluster;
        this.stored = stored;
        this.keys = keys;
    }

    /**
     * A new run.
     *
     * @throws RingshardException if the cluster is not initialised, or a database is not the shard that is meant
     */
    static Bench open(RingshardConfig config) {
        return open(config, RunKeys.ofNewRun());
    }

    /**
     * An earlier run whose customers and tables are still stored, to {@link #clear} them.
     *
     * @throws InvalidInputException if it is not the name of a run
     */
    static Bench open(RingshardConfig config, String run) {
        return open(config, new RunKeys(run));
    }

    private static Bench open(RingshardConfig config, RunKeys keys) {
        Shards shards = Shards.open(config.shards());
        try {
            return new Bench(shards, Ringshard.open(config), StoredTables.of(config.bank()), keys);
        } catch (RuntimeException failure) {
            shards.close();
            throw failure;
        }
    }

    /** The name of this run, part of all keys and tables that it stores. */
    String run() {
        return keys.run();
    }

    /** How many shards own a part of the ring. */
    int owners() {
        return cluster.router().shares().size();
    }

    /**
     * Sees that a run can begin. Stores nothing.
     *
     * @throws RingshardException if a shard does not answer
     */
    void requireEveryShard() {
        data().owners();
    }

    /**
     * Measures. Its customers and tables stay stored, also after a failure.
     *
     * @param stop asked between any two operations
     * @return one for each kind of work; fewer if it was stopped
     */
    List<Comparison> compare(BenchSettings settings, BenchProgress progress, BooleanSupplier stop) {
        List<Comparison> comparisons = new ArrayList<>();
        try (BenchThreads threads = new BenchThreads(settings.threads(), settings.seed(), stop)) {
            List<Contender> sides = data().build(settings.customers(), progress.part(0, FILLED));
            AlternatingRounds rounds = new AlternatingRounds(threads, settings.plan(), stop);
            int done = 0;
            for (Workload work : Workload.values()) {
                List<List<Measurement>> samples = rounds.run(work, sides, progress.part(share(done), share(++done)));
                if (samples.get(1).size() == BenchSettings.ROUNDS) {
                    comparisons.add(Comparison.of(work, samples.get(0), samples.get(1)));
                }
            }
        } catch (SQLException failure) {
            throw new SqlFailedException(
                    "The tables of the benchmark could not be filled: %s. No customer of yours was touched. See what the database says against it."
                            .formatted(failure.getMessage()),
                    failure);
        }
        return comparisons;
    }

    /**
     * Removes what the run has stored; safe to repeat.
     *
     * @return how many customers of it were there
     * @throws RingshardException if a shard does not answer; repeat it
     */
    long clear(BenchProgress progress) {
        return data().clear(progress);
    }

    private static double share(int works) {
        return FILLED + (1 - FILLED) * works / Workload.values().length;
    }

    private BenchData data() {
        return new BenchData(cluster, stored, shards.all(), keys);
    }

    @Override
    public void close() {
        cluster.close();
        shards.close();
    }
}
