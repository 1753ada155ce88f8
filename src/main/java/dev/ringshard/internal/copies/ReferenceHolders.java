package dev.ringshard.internal.copies;

import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.internal.ownership.IncomingRangeTable;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.ReferenceState;
import dev.ringshard.internal.ownership.SchemaHistory;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Which shards hold reference tables, and where their home is: from their first version on, while shards join and leave. Each change is
 * a version of the table, of the same rows.
 */
public final class ReferenceHolders {
    private final ReferenceCopies copies;
    private final Set<String> leaving;

    /** @param leaving the names of shards of weight 0 that no key is pinned to */
    public ReferenceHolders(ReferenceCopies copies, Set<String> leaving) {
        this.copies = copies;
        this.leaving = Set.copyOf(leaving);
    }

    /**
     * Gives tables that have no version yet their first one: the rows that their home has, which is the first shard by its name.
     * Repeating it changes nothing.
     *
     * @throws ForeignShardException as {@link #requireSameRows} does
     */
    public void found() {
        for (String table : copies.tables()) {
            Map<Shard, ReferenceState> states = copies.states(table);
            if (ReferenceCopies.newest(states).isEmpty()) {
                found(table, copies.shards().values().iterator().next());
            }
        }
        copies.carry();
    }

    private void found(String table, Shard home) {
        try (ShardTransaction founding = home.beginReferenceWork(ReferenceCopies.stored(home, table))) {
            founding.run(inside -> {
                if (ReferenceCopies.lock(inside, table).version() == 0) {
                    ReferenceRows rows = ReferenceRows.read(inside.dsl(), inside.connection(), table);
                    ReferenceCopies.store(
                            inside,
                            table,
                            new ReferenceState(
                                    1, home.name(), List.copyOf(copies.shards().keySet()), rows.digest(), false));
                }
                return true;
            });
            founding.commit();
        }
    }

    /**
     * Requires of tables that have no version yet that all shards have the same rows, or none.
     *
     * @throws ForeignShardException if not
     */
    public void requireSameRows() {
        for (String table : copies.tables()) {
            if (ReferenceCopies.newest(copies.states(table)).isEmpty()) {
                requireSameRows(table);
            }
        }
    }

    private void requireSameRows(String table) {
        Shard home = copies.shards().values().iterator().next();
        ReferenceRows first = rows(home, table);
        for (Shard shard : copies.shards().values()) {
            ReferenceRows there = rows(shard, table);
            if (!there.rows().isEmpty() && !there.digest().equals(first.digest())) {
                throw new ForeignShardException(
                        "%s is to be a reference table, and has other rows on shard %s than on %s. No table was fenced, and nothing was handed out. Make its rows the same, or delete them on all shards but %s; then repeat."
                                .formatted(table, shard.name(), home.name(), home.name()));
            }
        }
    }

    private static ReferenceRows rows(Shard shard, String table) {
        return shard.snapshot(reading -> ReferenceRows.read(reading.dsl(), reading.connection(), table));
    }

    /**
     * Makes a shard a holder of all tables, and brings it to their newest versions. Repeating it changes nothing.
     *
     * @throws ForeignShardException if it could not be brought there
     */
    public void join(Shard newcomer) {
        for (String table : copies.tables()) {
            Map<Shard, ReferenceState> states = copies.states(table);
            ReferenceCopies.newest(states).ifPresent(newest -> {
                hold(table, newest.getValue(), newcomer.name());
                requireHeld(table, newcomer);
            });
        }
    }

    private void hold(String table, ReferenceState newest, String newcomer) {
        if (!newest.holders().contains(newcomer)) {
            Shard home = copies.home(table, newest);
            copies.carry(table);
            advance(table, home, state -> state.holders().contains(newcomer) ? state : state.with(newcomer));
        }
    }

    private void requireHeld(String table, Shard newcomer) {
        if (copies.carry(table).contains(newcomer.name())) {
            throw new ForeignShardException(
                    "Shard %s could not be given the rows of the reference table %s, and so nothing moves to it. What it says to that is in the log. Mend the cause, and repeat."
                            .formatted(newcomer.name(), table));
        }
    }

    /**
     * Copies all reference tables to every shard that owns part of the ring, or is about to, and moves the home of those whose home
     * leaves. Repeating it changes nothing.
     *
     * @throws ForeignShardException if a shard could not be given a table
     */
    public void distribute() {
        for (String table : copies.tables()) {
            copies.carry(table);
            for (Shard shard : copies.states(table).keySet()) {
                if (!leaving.contains(shard.name()) || !ownsNothing(shard)) {
                    hold(table, copies.newest(table), shard.name());
                    requireHeld(table, shard);
                }
            }
            moveHome(table);
            letGo(table);
        }
    }

    /** From a shard that leaves to the first that stays. */
    private void moveHome(String table) {
        ReferenceState newest = copies.newest(table);
        if (leaving.contains(newest.home()) && copies.shards().containsKey(newest.home())) {
            copies.states(table).entrySet().stream()
                    .filter(each -> !leaving.contains(each.getKey().name())
                            && each.getValue().version() == newest.version()
                            && newest.holders().contains(each.getKey().name()))
                    .findFirst()
                    .ifPresent(successor -> {
                        advance(
                                table,
                                copies.home(table, newest),
                                state -> state.withHome(successor.getKey().name()));
                        copies.carry(table);
                    });
        }
    }

    private void letGo(String table) {
        ReferenceState newest = copies.newest(table);
        for (String holder : newest.holders()) {
            Shard shard = copies.shards().get(holder);
            if (shard != null
                    && leaving.contains(holder)
                    && !holder.equals(newest.home())
                    && ownsNothing(shard)
                    && copies.shards().containsKey(newest.home())) {
                advance(
                        table,
                        copies.home(table, newest),
                        state -> state.holders().contains(holder) ? state.without(holder) : state);
            }
        }
        copies.carry(table);
    }

    private static boolean ownsNothing(Shard shard) {
        return shard.snapshot(reading -> SchemaHistory.isMigrated(reading.dsl())
                && OwnedRangeTable.all(reading.dsl()).isEmpty()
                && IncomingRangeTable.all(reading.dsl()).isEmpty());
    }

    /** Makes a version of the same rows; none where nothing changes by it. */
    private void advance(String table, Shard home, UnaryOperator<ReferenceState> change) {
        try (ShardTransaction advancing = home.beginReferenceWork(ReferenceCopies.stored(home, table))) {
            advancing.run(inside -> {
                ReferenceState state = ReferenceCopies.lock(inside, table);
                if (state.home().equals(home.name())) {
                    ReferenceCopies.store(inside, table, change.apply(state));
                }
                return true;
            });
            advancing.commit();
        }
    }
}
