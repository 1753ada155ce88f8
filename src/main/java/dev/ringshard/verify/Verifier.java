package dev.ringshard.verify;

import dev.ringshard.config.BankConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.routing.Router;
import dev.ringshard.scatter.ScatterGather;
import dev.ringshard.scatter.ShardPart;
import dev.ringshard.scatter.Snapshots;
import dev.ringshard.verify.ShardScan.Result;
import dev.ringshard.verify.Verification.Extent;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Reads everything on every shard, and says what is wrong. Changes nothing, except that it finishes handovers which are
 * committed and whose mover is gone, as every read over all shards does.
 *
 * <p>Each shard is read in one snapshot, which also holds what the shard owns. All snapshots together cover the ring
 * once, or it is told where they do not; so a rebalance that runs meanwhile raises no false alarm. Rows that moves have
 * staged or left behind are nobody's, and only their tokens are checked.
 *
 * <p>Shards are read at the same time, one thread and one connection each, row by row, in constant memory on PostgreSQL
 * (on H2 as far as its results are on disk). The snapshots are open for as long as that takes, and keep a database from
 * tidying up behind its writers. Thread-safe.
 */
public final class Verifier {
    private final Router router;
    private final ScatterGather scatter;
    private final BankConfig bank;
    private final List<String> ownTables;
    private final LongSupplier nanoTime;

    /**
     * @param ownTables sharded tables besides the customers' own, as written unquoted in SQL; where one has a column
     *     {@code customer_key}, its tokens are checked, too
     */
    public Verifier(
            Router router, ScatterGather scatter, BankConfig bank, List<String> ownTables, LongSupplier nanoTime) {
        this.router = router;
        this.scatter = scatter;
        this.bank = bank;
        this.ownTables = List.copyOf(ownTables);
        this.nanoTime = nanoTime;
    }

    /**
     * Reads and judges everything. Of a ring that is not whole it finds that out for as long as {@code routing-timeout}
     * allows, before it begins.
     *
     * @param examples how many to keep of each kind of finding, at most
     * @throws ShardUnavailableException if a shard does not answer
     * @throws NoOwnerException if rows moved so fast all the while that no snapshots fitted; repeat it
     */
    public Verification run(int examples, VerifyProgress progress) {
        long start = nanoTime.getAsLong();
        try (Snapshots snapshots = scatter.snapshotsOfAnyRing()) {
            Map<String, Holdings> holdings = snapshots.gather(Holdings::of).parts();
            RingState ring = new RingState(snapshots.coverage(), List.copyOf(holdings.values()));
            Map<String, RowCheck> judges = new LinkedHashMap<>();
            holdings.forEach((shard, held) -> judges.put(shard, new RowCheck(router, ring, held)));
            RowMeter meter = new RowMeter(progress, estimatedRows(snapshots));

            Collection<Result> scans = snapshots
                    .gather(part -> new ShardScan(part, bank, judge(judges, part), meter, examples).run(ownTables))
                    .values();
            RowFindings rows = new RowFindings(
                    all(scans, Result::misplaced, examples),
                    all(scans, Result::wrongTokens, examples),
                    duplicated(scans, snapshots, judges, examples),
                    all(scans, Result::unbalanced, examples));

            long customers = scans.stream().mapToLong(Result::customers).sum();
            Duration time = Duration.ofNanos(nanoTime.getAsLong() - start);
            Extent extent = new Extent(scans.size(), customers, meter.rows(), time);
            return new Verification(extent, ring.findings(examples), rows, ring.leftovers());
        }
    }

    private Found<SharedKey> duplicated(
            Collection<Result> scans, Snapshots snapshots, Map<String, RowCheck> judges, int examples) {
        return scans.stream().anyMatch(Result::mayHoldDuplicates)
                ? new Duplicates(bank, snapshots.parts(), judges, examples).find()
                : Found.of(List.of(), examples);
    }

    private long estimatedRows(Snapshots snapshots) {
        List<String> tables = Stream.concat(bank.tables().stream().map(ShardedTable::name), ownTables.stream())
                .toList();
        return snapshots
                .gather(part -> {
                    long rows = 0;
                    for (String table : tables) {
                        rows += part.estimatedRows(table);
                    }
                    return rows;
                })
                .values()
                .stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static RowCheck judge(Map<String, RowCheck> judges, ShardPart part) {
        return Objects.requireNonNull(judges.get(part.shard()));
    }

    private static <T> Found<T> all(Collection<Result> results, Function<Result, Found<T>> kind, int examples) {
        return results.stream()
                .map(kind)
                .reduce(Found.of(List.of(), examples), (one, other) -> one.plus(other, examples));
    }
}
