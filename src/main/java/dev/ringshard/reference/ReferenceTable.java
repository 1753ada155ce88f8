package dev.ringshard.reference;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.copies.ReferenceCopies;
import dev.ringshard.internal.copies.ReferenceRows;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.ReferenceState;
import dev.ringshard.internal.shard.Retry;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.scatter.ScatterGather;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A small table that every shard has whole, such as countries. It is read on any shard as any other table; what is read may be of the
 * version before, until that shard has the newest. Rows of sharded tables may refer to it by foreign keys. Thread-safe.
 */
public final class ReferenceTable {
    private final String name;
    private final ReferenceCopies copies;
    private final ScatterGather scatter;
    private final List<ShardedTable> sharded;
    private final Retry retry;
    private final Runnable askAnew;

    /**
     * @param scatter finds rows that refer to what is deleted, also while they move
     * @param sharded all sharded tables
     * @param askAnew has shards compared with each other whose servers have changed
     */
    public ReferenceTable(
            String name,
            ReferenceCopies copies,
            ScatterGather scatter,
            List<ShardedTable> sharded,
            Retry retry,
            Runnable askAnew) {
        this.name = name;
        this.copies = copies;
        this.scatter = scatter;
        this.sharded = List.copyOf(sharded);
        this.retry = retry;
        this.askAnew = askAnew;
    }

    /**
     * Changes the table: the work runs on its home, in one transaction; once that is committed, each other shard gets the rows that
     * the table has then, in one transaction each. A shard that is down is named by the result, and does not keep the table from being changed;
     * but a row can be deleted only while all shards answer, as any of them may have rows that refer to it.
     *
     * @return the new version
     * @throws InvalidInputException if a row of another shard refers to one that the work deletes; nothing was changed
     * @throws ForeignShardException if the table, or a shard that has it, is not configured here, or it has no version yet; nothing was
     *     changed
     * @throws ShardUnavailableException if its home does not answer, or a row is deleted and another shard does not; nothing was changed
     * @throws OutcomeUnknownException if no answer came to the commit of the home; whichever it was, {@code recover} brings all shards
     *     to it
     */
    public ReferenceUpdate update(ReferenceTransaction.Work work) {
        long version = retry.run(() -> attempt(work), repeated -> askAnew.run());
        return new ReferenceUpdate(version, List.copyOf(copies.carry().getOrDefault(name, Set.of())));
    }

    private long attempt(ReferenceTransaction.Work work) {
        ReferenceState newest = copies.newest(name);
        Shard home = copies.home(name, newest);
        copies.carry();
        try (ShardTransaction changing = home.beginReferenceWork(ReferenceCopies.stored(home, name))) {
            ReferenceState state = changing.run(inside -> {
                home.requireUnchanged(
                        MembershipTable.incarnationOf(inside.dsl()).isRestored());
                return copies.begin(inside, name);
            });
            ReferenceRows before = changing.run(inside -> copies.before(inside, name, state));
            changing.beginCallersWork();
            changing.run(inside -> {
                work.run(new ReferenceTransaction(inside));
                return true;
            });
            return changing.run(inside -> publish(inside, state, before));
        }
    }

    private long publish(ShardTransaction inside, ReferenceState state, ReferenceRows before) throws SQLException {
        ReferenceRows after = ReferenceRows.read(inside.dsl(), inside.connection(), name);
        if (after.digest().equals(before.digest())) {
            inside.commit();
            return state.version();
        }
        List<List<String>> gone = before.keysNotIn(after);
        try {
            if (!gone.isEmpty()) {
                copies.retire(name, state, gone);
                new Referrers(name, before.key(), sharded).requireNone(scatter, gone);
            }
            long version = copies.publish(inside, name, state, after);
            inside.commit();
            return version;
        } catch (RuntimeException failure) {
            if (!gone.isEmpty()) {
                inside.close();
                putBack(failure);
            }
            throw failure;
        }
    }

    /** What was retired; of an unknown outcome, what it turns out to be. */
    private void putBack(RuntimeException failure) {
        try {
            copies.carry();
        } catch (RingshardException later) {
            failure.addSuppressed(later);
        }
    }

    /** Which version each shard has, by the shards' names; of those that answer. */
    public Map<String, Long> versions() {
        Map<String, Long> versions = new TreeMap<>();
        copies.states(name).forEach((shard, state) -> versions.put(shard.name(), state.version()));
        return versions;
    }

    /**
     * The newest version that a shard tells of.
     *
     * @throws ForeignShardException if it has none yet
     */
    public long version() {
        return copies.newest(name).version();
    }

    /**
     * The shard that changes are made on.
     *
     * @throws ForeignShardException if the table has no version yet
     */
    public String home() {
        return copies.newest(name).home();
    }
}
