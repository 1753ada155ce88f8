package dev.ringshard.scatter;

import dev.ringshard.event.Events;
import dev.ringshard.event.Operation;
import dev.ringshard.event.Repetition;
import dev.ringshard.event.RingshardListener;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.ownership.HeldRanges;
import dev.ringshard.internal.routes.RouteTable;
import dev.ringshard.internal.routes.Routes;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.Retry;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads from all shards, counting every row exactly once, also while rows move.
 *
 * <p>Each shard's part is one snapshot that returns its rows and the ranges that it owns. The parts are accepted only if
 * those ranges cover the ring exactly once, and none shows an older owner of what another knows to have left its shard
 * since; otherwise rows moved between two snapshots, and the shards whose ranges have changed since are read again. After three tries movers are held off while the snapshots are opened, by the locks
 * that writers take, too: on PostgreSQL these are shared, and no writer waits. While the snapshots are read, neither
 * writers nor movers are held off.
 *
 * <p>A shard that does not answer is an error, unless a partial answer is asked for. Thread-safe.
 */
public final class ScatterGather {
    private static final int FREE_TRIES = 3;
    private static final String MOVING = "because rows are moving between them";

    private final RouteTable table;
    private final Retry retry;
    private final ExecutorService executor;
    private final Events events;
    private final RangeCache ranges = new RangeCache();

    public ScatterGather(RouteTable table, Retry retry, ExecutorService executor, Events events) {
        this.table = table;
        this.retry = retry;
        this.executor = executor;
        this.events = events;
    }

    /**
     * Runs the work on every shard, all at once.
     *
     * @throws ShardUnavailableException if one does not answer
     * @throws NoOwnerException if the parts did not fit together within {@code routing-timeout}
     */
    public <T> Gathered<T> gather(ShardPart.Work<T> work) {
        return timed(() -> gatherFromAll(PartReader.of(work)));
    }

    /**
     * Runs a query on every shard, all at once; on PostgreSQL in one round trip each.
     *
     * @param parameters the query's, in order
     * @return the rows of each shard
     * @throws ShardUnavailableException if one does not answer
     * @throws NoOwnerException if the parts did not fit together within {@code routing-timeout}
     */
    public <T> Gathered<List<T>> read(RingRead<T> read, @Nullable Object... parameters) {
        return timed(() -> gatherFromAll(PartReader.of(read, parameters)));
    }

    /**
     * As {@link #read}, only the first rows of all shards together. A shard is asked for about as many of them as it owns of the
     * ring, and again only if it has more.
     *
     * @param order in which the query gives them, and in which they are returned
     * @param rows how many; stands in the query as <code>{rows}</code>
     * @param parameters the query's, in order
     */
    public <T> List<T> first(int rows, Comparator<T> order, RingRead<T> read, @Nullable Object... parameters) {
        FirstRows<T> first = new FirstRows<>(read, order, rows, parameters);
        return timed(() -> first.merged(gatherFromAll(first, first::tooShort).values()));
    }

    private <T> Gathered<T> gatherFromAll(PartReader<T> reader) {
        return gatherFromAll(reader, parts -> Set.of());
    }

    /** @param incomplete which of the parts that fit together are to be read again nevertheless; of each once at most */
    private <T> Gathered<T> gatherFromAll(PartReader<T> reader, Function<Map<Shard, T>, Set<Shard>> incomplete) {
        Gathering<T> gathering = gathering(reader);
        int tries = 0;
        while (tries < FREE_TRIES) {
            gathering.read();
            if (!gathering.coverage().isExact()) {
                gathering.dropWhatChanged();
                tries++;
                continue;
            }
            Set<Shard> again = incomplete.apply(gathering.answers());
            if (again.isEmpty()) {
                return gathering.gathered();
            }
            gathering.drop(again);
        }
        return patiently(() -> gatherHoldingMovers(reader.work()));
    }

    /**
     * As {@link #gather}, from the shards that answer; the result says which did not.
     *
     * @throws NoOwnerException if parts of the ring have no owner, at once; or if the parts did not fit together within
     *     {@code routing-timeout}, because rows moved
     */
    public <T> Gathered<T> gatherFromAvailable(ShardPart.Work<T> work) {
        return timed(() -> gatherWhatAnswers(work));
    }

    private <T> Gathered<T> gatherWhatAnswers(ShardPart.Work<T> work) {
        Gathering<T> gathering = patiently(() -> readAvailable(work));
        if (!gathering.coversAllButTheMissing()) {
            throw misfit(gathering.coverage(), "and nothing moves");
        }
        return gathering.gathered();
    }

    /** A reading that fits together, or will not by being repeated. */
    private <T> Gathering<T> readAvailable(ShardPart.Work<T> work) {
        Gathering<T> gathering = gathering(PartReader.of(work));
        gathering.readAvailable();
        if (!gathering.coversAllButTheMissing() && !gathering.nothingMoves()) {
            throw misfit(gathering.coverage());
        }
        return gathering;
    }

    private <T> T timed(Supplier<T> read) {
        return events.timed(Operation.SCATTER, () -> RingshardListener.ALL_SHARDS, read);
    }

    /**
     * Opens one snapshot on every shard, which together hold every row exactly once, for reads too large to hold in
     * memory. The caller must close it soon: it keeps a connection of every shard.
     *
     * @throws ShardUnavailableException if a shard does not answer
     * @throws NoOwnerException if the snapshots did not fit together within {@code routing-timeout}
     */
    public Snapshots snapshots() {
        return timed(() -> snapshots(misfit -> {}));
    }

    /**
     * As {@link #snapshots}, while no row is on its way: all that the shards have in them is their own, so that every query counts
     * every row once, whether or not it contains {@link ShardPart#visible}.
     *
     * @throws NoOwnerException if rows were on their way for as long as {@code routing-timeout} allows
     */
    public Snapshots snapshotsAtRest() {
        return timed(() -> patiently(this::openAtRest));
    }

    private Snapshots openAtRest() {
        Snapshots snapshots = open(Shard::beginSnapshot, HeldRanges::in);
        if (!snapshots.coverage().isExact()) {
            throw closed(snapshots, misfit -> {}, MOVING);
        }
        if (!snapshots.areAtRest()) {
            snapshots.close();
            throw snapshots.restless();
        }
        return snapshots;
    }

    /**
     * One snapshot of a shard alone, as it is: whatever it owns, and whether or not rows are on their way.
     *
     * @throws InvalidInputException if it is not configured
     */
    public Snapshots snapshotOf(String shard) {
        ShardTransaction transaction = table.shard(shard).beginSnapshot();
        try {
            HeldRanges held = transaction.run(HeldRanges::in);
            return new Snapshots(List.of(new ShardPart(transaction, held)), Coverage.ofHeld(List.of(held)), executor);
        } catch (RuntimeException failure) {
            transaction.close();
            throw failure;
        }
    }

    /**
     * As {@link #snapshots}, also of a ring that is not whole: {@link Snapshots#coverage} says what no shard or more than
     * one owned whenever it was looked at, for as long as {@code routing-timeout} allows. What only was on the move is
     * not among it.
     *
     * @throws ShardUnavailableException if a shard does not answer
     * @throws NoOwnerException if rows moved between the snapshots all the while, and nothing else was wrong
     */
    public Snapshots snapshotsOfAnyRing() {
        InCommon misfits = new InCommon();
        try {
            return snapshots(misfits);
        } catch (NoOwnerException | CorruptionException moving) {
            Snapshots last = open(Shard::beginSnapshot, HeldRanges::in, (shard, isRestored) -> {});
            Coverage persistent = misfits.with(last.coverage());
            if (persistent.isExact() && !last.coverage().isExact()) {
                last.close();
                throw moving;
            }
            return last.withCoverage(persistent);
        }
    }

    /** What did not fit whenever it was looked at. */
    private static final class InCommon implements Consumer<Coverage> {
        private @Nullable Coverage common;

        @Override
        public void accept(Coverage seen) {
            common = with(seen);
        }

        Coverage with(Coverage seen) {
            return common == null ? seen : common.inCommonWith(seen);
        }
    }

    private Snapshots snapshots(Consumer<Coverage> misfits) {
        for (int i = 0; i < FREE_TRIES; i++) {
            try {
                Snapshots snapshots = open(Shard::beginSnapshot, HeldRanges::in);
                if (snapshots.coverage().isExact()) {
                    return snapshots;
                }
                snapshots.close();
                misfits.accept(snapshots.coverage());
            } catch (NoOwnerException aShardLeft) {
                // the next try goes without it
            }
        }
        return patiently(() -> openHoldingMovers(misfits));
    }

    private <T> Gathering<T> gathering(PartReader<T> reader) {
        return new Gathering<>(table.afterAskingTheSilent(), reader, retry, executor, ranges, this::judge);
    }

    private void judge() {
        Routes routes = table.refresh(table.current());
        routes.requireAllAnswered();
        routes.requireNoContradiction();
    }

    private <T> T patiently(Supplier<T> attempt) {
        try {
            return retry.run(attempt, this::lookAgain);
        } catch (NoOwnerException misfit) {
            table.current().requireNoContradiction();
            throw table.explained(misfit, anyRange -> true);
        }
    }

    private void lookAgain(RuntimeException failure) {
        events.repeats(Repetition.NO_OWNER, RingshardListener.ALL_SHARDS);
        table.finishHandovers(table.current().members().keySet());
        table.refresh(table.current());
    }

    private <T> Gathered<T> gatherHoldingMovers(ShardPart.Work<T> work) {
        try (Snapshots snapshots = openHoldingMovers(misfit -> {})) {
            return snapshots.gather(work);
        }
    }

    private Snapshots openHoldingMovers(Consumer<Coverage> misfits) {
        Snapshots snapshots;
        try {
            snapshots = open(Shard::beginLockingSnapshot, HeldRanges::hold);
        } catch (SqlFailedException denied) {
            return openBesideMovers(misfits, denied);
        }
        if (snapshots.coverage().isExact()) {
            return letMoversGo(snapshots);
        }
        throw closed(snapshots, misfits, MOVING);
    }

    /** For a database user who may only read: as often as patience allows, it can but hope to meet movers at rest. */
    private Snapshots openBesideMovers(Consumer<Coverage> misfits, SqlFailedException denied) {
        if (FailureKind.of(denied) != FailureKind.DENIED) {
            throw denied;
        }
        Snapshots snapshots = open(Shard::beginSnapshot, HeldRanges::in);
        if (snapshots.coverage().isExact()) {
            return snapshots;
        }
        throw closed(snapshots, misfits, MOVING + ", and the database user may not hold movers off");
    }

    private static NoOwnerException closed(Snapshots snapshots, Consumer<Coverage> misfits, String why) {
        snapshots.close();
        misfits.accept(snapshots.coverage());
        return misfit(snapshots.coverage(), why);
    }

    private static Snapshots letMoversGo(Snapshots snapshots) {
        try {
            snapshots
                    .parts()
                    .forEach(part -> part.run(held -> {
                        held.letMoversGo();
                        return true;
                    }));
            return snapshots;
        } catch (RuntimeException failure) {
            snapshots.close();
            throw failure;
        }
    }

    /** How a snapshot's ranges are read. */
    private interface Looking {
        HeldRanges at(ShardTransaction transaction, long since) throws SQLException;
    }

    private Snapshots open(Function<Shard, ShardTransaction> begin, Looking looking) {
        return open(begin, looking, Shard::requireUnchanged);
    }

    /**
     * One after the other and always in the same order, so that two reads cannot wait for each other's connections.
     *
     * @param believing refuses a shard that was restored, and not compared with the others since
     */
    private Snapshots open(
            Function<Shard, ShardTransaction> begin, Looking looking, BiConsumer<Shard, Boolean> believing) {
        List<ShardTransaction> transactions = new ArrayList<>();
        List<ShardPart> parts = new ArrayList<>();
        try {
            List<Shard> members = membersByName();
            Map<Shard, Long> departedBefore = ranges.departuresBefore(members);
            for (Shard shard : members) {
                ShardTransaction transaction = begin.apply(shard);
                transactions.add(transaction);
                long since = Objects.requireNonNull(departedBefore.get(shard));
                believing.accept(shard, false);
                HeldRanges held = transaction.run(begun -> looking.at(begun, since));
                believing.accept(shard, held.isRestored());
                ranges.seen(shard, held);
                parts.add(new ShardPart(transaction, held));
            }
            return new Snapshots(
                    parts, Coverage.ofHeld(parts.stream().map(ShardPart::held).toList()), executor);
        } catch (RuntimeException failure) {
            transactions.forEach(ShardTransaction::close);
            throw failure;
        }
    }

    private List<Shard> membersByName() {
        Routes routes = table.afterAskingTheSilent();
        routes.requireAllAnswered();
        List<Shard> members = new ArrayList<>(routes.members().keySet());
        members.removeIf(Shard::isRetired);
        members.sort(Comparator.comparing(Shard::name));
        return members;
    }

    private static NoOwnerException misfit(Coverage coverage) {
        return misfit(coverage, MOVING);
    }

    private static NoOwnerException misfit(Coverage coverage, String why) {
        String what = coverage.doubled().isEmpty()
                ? coverage.gaps().ranges().size() + " ranges had no owner"
                : "some ranges were seen on two shards";
        return new NoOwnerException("""
                A read over all shards did not fit together: %s, %s. Nothing was returned. Repeat the read; if nothing \
                moves, see that every shard is configured and initialised, and look at the status.""".formatted(what, why));
    }
}
