package dev.ringshard.verify;

import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.copies.ReferenceRows;
import dev.ringshard.internal.ownership.ReferenceState;
import dev.ringshard.internal.ownership.ReferenceTableTable;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.tables.Catalog;
import dev.ringshard.internal.tables.TableName;
import dev.ringshard.scatter.ScatterGather;
import dev.ringshard.scatter.ShardPart;
import dev.ringshard.scatter.Snapshots;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Compares what the shards hold of tables that each of them has whole. */
final class ReferenceTables {
    private final List<String> tables;
    private final int examples;
    private final List<ReferenceCopy> differing = new ArrayList<>();
    private final List<ReferenceCopy> behind = new ArrayList<>();

    ReferenceTables(List<String> tables, int examples) {
        this.tables = tables;
        this.examples = examples;
    }

    /**
     * What one shard holds of one table.
     *
     * @param digest of the rows that are there
     * @param ownsSomething whether rows of the shard may refer to it
     */
    private record Held(ReferenceState state, String digest, boolean ownsSomething) {
        private boolean isBehind(String shard, ReferenceState newest) {
            return newest.holders().contains(shard)
                    ? state.version() < newest.version() || state.isAhead()
                    : ownsSomething;
        }
    }

    /** @param holdings by the shards' names */
    ReferenceFindings find(Snapshots snapshots, ScatterGather scatter, Map<String, Holdings> holdings) {
        for (String table : tables) {
            Map<String, Held> held = new TreeMap<>();
            snapshots
                    .gather(part -> held(part, table, holdings))
                    .parts()
                    .forEach((shard, found) -> found.ifPresent(each -> held.put(shard, each)));
            judge(table, held, scatter);
        }
        return new ReferenceFindings(Occurrences.of(differing, examples), Occurrences.of(behind, examples));
    }

    private static Optional<Held> held(ShardPart part, String table, Map<String, Holdings> holdings)
            throws SQLException {
        Optional<ReferenceState> state = state(part, table);
        if (state.isEmpty()) {
            return Optional.empty();
        }
        boolean ownsSomething = !Objects.requireNonNull(holdings.get(part.shard()))
                .ranges()
                .owned()
                .isEmpty();
        String digest = ReferenceRows.read(part.dsl(), part.connection(), table).digest();
        return Optional.of(new Held(state.get(), digest, ownsSomething));
    }

    private static Optional<ReferenceState> state(ShardPart part, String table) throws SQLException {
        TableName name = Catalog.of(part.dsl(), part.connection()).name(table);
        return ReferenceTableTable.find(part.dsl(), name.schema(), name.table());
    }

    private void judge(String table, Map<String, Held> held, ScatterGather scatter) {
        Optional<ReferenceState> newest = held.values().stream()
                .map(Held::state)
                .filter(state -> !state.isAhead())
                .max(Comparator.comparing(ReferenceState::version));
        if (newest.isEmpty()) {
            return;
        }
        List<String> late = new ArrayList<>();
        held.forEach((shard, copy) -> {
            boolean isOther = copy.state.version() == newest.get().version()
                    && !copy.state.digest().equals(newest.get().digest());
            if (!copy.state.isAhead() && (isOther || !copy.digest.equals(copy.state.digest()))) {
                differing.add(new ReferenceCopy(shard, table, copy.state.version()));
            }
            if (copy.isBehind(shard, newest.get())) {
                late.add(shard);
            }
        });
        if (!late.isEmpty()) {
            late.removeAll(arrived(table, newest.get().version(), scatter));
            late.forEach(shard -> behind.add(new ReferenceCopy(
                    shard,
                    table,
                    Objects.requireNonNull(held.get(shard)).state().version())));
        }
    }

    /** The shards that have come to a version since they were looked at. */
    private static List<String> arrived(String table, long version, ScatterGather scatter) {
        try {
            List<String> arrived = new ArrayList<>();
            scatter.gather(part -> state(part, table)).parts().forEach((shard, state) -> state.filter(
                            now -> now.version() >= version && !now.isAhead())
                    .ifPresent(now -> arrived.add(shard)));
            return arrived;
        } catch (RingshardException unknown) { // what is wrong with the ring is told by others
            return List.of();
        }
    }

    /** Those of these tables whose fence is not at work. */
    List<UnfencedTable> unfenced(ShardPart part) {
        return tables.stream()
                .filter(table -> !Dialect.of(part.dsl()).fencing().isReferenceFenced(part.dsl(), table))
                .map(table -> new UnfencedTable(part.shard(), table))
                .toList();
    }
}
