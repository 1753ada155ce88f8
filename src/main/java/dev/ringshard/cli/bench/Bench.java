package dev.ringshard.cli.bench;

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
public final class Bench implements AutoCloseable {
    /** The part of the time, at a guess, that it takes to create the customers. */
    private static final double FILLED = 0.05;

    private final Shards shards;
    private final Ringshard cluster;
    private final Keys keys;

    private Bench(Shards shards, Ringshard cluster, Keys keys) {
        this.shards = shards;
        this.cluster = cluster;
        this.keys = keys;
    }

    /**
     * A new run.
     *
     * @throws RingshardException if the cluster is not initialised, or a database is not the shard that is meant
     */
    public static Bench open(RingshardConfig config) {
        return open(config, Keys.ofNewRun());
    }

    /**
     * A run that was killed, or that kept what it made, to {@link #clear} it.
     *
     * @throws InvalidInputException if it is not the name of a run
     */
    public static Bench open(RingshardConfig config, String run) {
        return open(config, new Keys(run));
    }

    private static Bench open(RingshardConfig config, Keys keys) {
        Shards shards = Shards.open(config.shards());
        try {
            return new Bench(shards, Ringshard.open(config), keys);
        } catch (RuntimeException failure) {
            shards.close();
            throw failure;
        }
    }

    /** The name of this run; what it stores can be found by it. */
    public String run() {
        return keys.run();
    }

    /** How many shards own a part of the ring. */
    public int owners() {
        return cluster.router().shares().size();
    }

    /**
     * Sees that a run can begin. Stores nothing.
     *
     * @throws RingshardException if a shard does not answer
     */
    public void requireEveryShard() {
        stage().owners();
    }

    /**
     * Measures. What it stores stays, however it ends.
     *
     * @param stop asked between any two operations
     * @return one for each kind of work; fewer if it was stopped
     */
    public List<Comparison> compare(BenchSettings settings, BenchProgress progress, BooleanSupplier stop) {
        List<Comparison> comparisons = new ArrayList<>();
        try (LoadThreads crew = new LoadThreads(settings.threads(), settings.seed(), stop)) {
            List<Contender> sides = stage().build(settings.customers(), progress.part(0, FILLED));
            Turns turns = new Turns(crew, settings.plan(), stop);
            int done = 0;
            for (Work work : Work.values()) {
                List<List<Measurement>> samples = turns.run(work, sides, progress.part(share(done), share(++done)));
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
    public long clear(BenchProgress progress) {
        return stage().clear(progress);
    }

    private static double share(int works) {
        return FILLED + (1 - FILLED) * works / Work.values().length;
    }

    private Stage stage() {
        return new Stage(cluster, shards.all(), keys);
    }

    @Override
    public void close() {
        cluster.close();
        shards.close();
    }
}
