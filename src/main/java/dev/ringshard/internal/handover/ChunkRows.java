package dev.ringshard.internal.handover;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.ownership.ChangeTable.Change;
import dev.ringshard.internal.ownership.ShardedTableTable;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jooq.Record1;
import org.jooq.ResultQuery;

/**
 * The rows of a chunk in all sharded tables, on its source and on its target.
 *
 * @param copying the way between these two databases
 * @param tables those that others refer to first, with the columns that they had when the copy began
 * @param definition how the source defined them then, if one question tells
 * @param definitionThere how the target did
 */
record ChunkRows(
        RowCopy copying, List<MovedTable> tables, Optional<String> definition, Optional<String> definitionThere) {
    /** A condition may not become too long. */
    private static final int KEYS_AT_ONCE = 5_000;

    private static final int TOKENS_AT_ONCE = 500;

    ChunkRows {
        tables = List.copyOf(tables);
    }

    /**
     * A sharded table.
     *
     * @param logged what the source's log calls it
     * @param rowKey the columns by which the log names its rows; empty if it names tokens
     * @param counters of the target; see {@link DatabaseCatalog#counters}
     * @param hiddenCounters of the target; see {@link DatabaseCatalog#hiddenCounters}
     * @param hasAlikeRows whether a whole row, as its database writes it, is one on the target, too
     */
    record MovedTable(
            TableColumns columns,
            String logged,
            List<String> rowKey,
            Set<String> counters,
            Map<String, String> hiddenCounters,
            boolean hasAlikeRows) {
        private static MovedTable of(
                ShardedTable table,
                String logged,
                List<String> rowKey,
                RowCopy copying,
                ShardTransaction source,
                ShardTransaction target) {
            TableColumns columns = source.run(reading -> TableColumns.of(reading, table));
            TableColumns there = target.run(reading -> TableColumns.of(reading, table));
            if (!copying.canCopy(columns, there)) {
                throw differs(table, source, target);
            }
            Set<String> counters = target.run(
                    reading -> reading.shard().dialect().catalog().counters(reading.connection(), table.name()));
            return new MovedTable(
                    columns,
                    logged,
                    rowKey,
                    counters,
                    target.run(reading ->
                            reading.shard().dialect().catalog().hiddenCounters(reading.connection(), table.name())),
                    !columns.isText() && columns.row().equals(there.row()));
        }

        private static StaleVersionException differs(
                ShardedTable table, ShardTransaction source, ShardTransaction target) {
            return new StaleVersionException("""
                    The sharded table %s has other columns on %s than on %s. Nothing moved. Bring all shards to the same \
                    schema, then make a new plan.""".formatted(
                            table.name(), target.shard().name(), source.shard().name()));
        }
    }

    /** Rows of some tables that are copied together, those that others refer to first. */
    record Portion(List<MovedTable> tables, RowSelection rows) {}

    /** With the columns that the source's tables have now; on PostgreSQL they keep them until its transaction ends. */
    static ChunkRows of(Chunk chunk, List<ShardedTable> tables, ShardTransaction source, ShardTransaction target) {
        RowCopy copying = RowCopy.between(chunk.source(), chunk.target());
        Map<ShardedTable, String> logged = source.run(reading -> FencedTables.logged(reading, tables));
        Map<String, List<String>> rowKeys = source.run(reading -> ShardedTableTable.rowKeys(reading.dsl()));
        List<MovedTable> moved = new ArrayList<>();
        for (ShardedTable table : tables) {
            String name = Objects.requireNonNull(logged.get(table));
            moved.add(MovedTable.of(table, name, rowKeys.getOrDefault(name, List.of()), copying, source, target));
        }
        return new ChunkRows(copying, moved, definition(source, tables), definition(target, tables));
    }

    private static Optional<String> definition(ShardTransaction shard, List<ShardedTable> tables) {
        return shard.run(reading -> reading.shard()
                .dialect()
                .fencing()
                .definition(reading.dsl(), tables)
                .map(question -> question.fetchSingle().value1()));
    }

    /** A question for how a shard defines the tables now, if one tells. */
    Optional<ResultQuery<Record1<String>>> definitionNow(ShardTransaction shard) {
        return shard.shard()
                .dialect()
                .fencing()
                .definition(
                        shard.dsl(),
                        tables.stream().map(table -> table.columns.sharded()).toList());
    }

    /**
     * The table that has other columns there than when it was looked at; empty if none has. Asks no more, because writers may
     * wait.
     */
    Optional<String> changed(ShardTransaction shard) {
        return shard.run(reading -> {
            for (MovedTable table : tables) {
                if (!table.columns.isAs(TableColumns.of(reading, table.columns.sharded()))) {
                    return Optional.of(table.columns.table());
                }
            }
            return Optional.empty();
        });
    }

    /** Requires that the target defines its tables as it did, by its answer to {@link #definitionNow}, if that can be asked. */
    void requireAsItWas(Chunk chunk, Optional<String> now) {
        if (!now.equals(definitionThere)) {
            throw new StaleVersionException(
                    """
                    The definition of a sharded table on %s has changed while rows were being copied to it from %s. \
                    Nothing moved. Bring all shards to the same schema, then make a new plan.""".formatted(chunk.target().name(), chunk.source().name()));
        }
    }

    /** Replaces few rows on the target; see {@link RowCopy#replaceFew}. */
    Optional<List<RowCopy.Replaced>> replaceFew(
            ShardTransaction source, ShardTransaction target, List<Portion> portions) {
        return target.run(replacing -> copying.replaceFew(source, target, portions));
    }

    /**
     * What was written, in portions that can be copied by themselves.
     *
     * @param byKey whether a row can be replaced on the target while other rows refer to it; otherwise all rows of its token are
     */
    List<Portion> portions(Chunk chunk, List<Change> changes, boolean byKey) {
        if (!byKey) {
            return ofTokens(tables, changes);
        }
        List<Portion> portions = new ArrayList<>();
        for (MovedTable table : tables) {
            List<Change> ofTable = changes.stream()
                    .filter(change -> change.table().equals(table.logged))
                    .toList();
            List<List<String>> keys = distinct(ofTable, Change::rowKey);
            keys.remove(List.of());
            for (List<List<String>> some : parts(keys, KEYS_AT_ONCE)) {
                portions.add(new Portion(List.of(table), new RowSelection.OfKeys(chunk.ranges(), table.rowKey, some)));
            }
            portions.addAll(ofTokens(
                    List.of(table),
                    ofTable.stream().filter(change -> change.rowKey().isEmpty()).toList()));
        }
        return portions;
    }

    private static List<Portion> ofTokens(List<MovedTable> tables, List<Change> changes) {
        return parts(distinct(changes, Change::token), TOKENS_AT_ONCE).stream()
                .map(tokens -> new Portion(tables, new RowSelection.OfTokens(tokens)))
                .toList();
    }

    private static <T> List<T> distinct(List<Change> changes, Function<Change, T> part) {
        return new ArrayList<>(changes.stream().map(part).distinct().toList());
    }

    private static <T> List<List<T>> parts(List<T> all, int most) {
        List<List<T>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += most) {
            parts.add(all.subList(from, Math.min(all.size(), from + most)));
        }
        return parts;
    }

    /** Copies some rows of some tables, and returns what was sent, as {@link #summaries} computes it. */
    List<RowDigest> copy(ShardTransaction source, ShardTransaction target, Portion portion) {
        return target.run(writing -> {
            List<RowDigest> sent = new ArrayList<>();
            Dialect dialect = writing.shard().dialect();
            for (MovedTable table : portion.tables) {
                TableColumns columns = table.columns;
                sent.add(copied(source, writing, columns, portion.rows));
                for (String counter : table.counters) {
                    Dialect.texts(writing.connection(), counter.formatted(portion.rows.in(columns, dialect)));
                }
                if (!table.hiddenCounters.isEmpty()) {
                    passHiddenCounters(table, source, writing);
                }
            }
            return sent;
        });
    }

    /** After the rows were read: the source has counted as far as they hold, at least. */
    private static void passHiddenCounters(MovedTable table, ShardTransaction source, ShardTransaction target)
            throws SQLException {
        Map<String, Long> counted = source.run(
                reading -> reading.shard().dialect().catalog().counted(reading.connection(), table.columns.table()));
        for (Map.Entry<String, String> counter : table.hiddenCounters.entrySet()) {
            Long furthest = counted.get(counter.getKey());
            if (furthest != null) {
                Dialect.texts(target.connection(), counter.getValue().formatted(furthest));
            }
        }
    }

    /** Whatever fails, the message names the table. */
    private RowDigest copied(ShardTransaction source, ShardTransaction target, TableColumns table, RowSelection rows)
            throws SQLException {
        try {
            return copying.copy(source, target, table, rows);
        } catch (SQLException failure) {
            throw new SQLException(
                    "table %s: %s".formatted(table.table(), failure.getMessage()), failure.getSQLState(), failure);
        }
    }

    /** What one of the two shards stores of some rows, table by table; computed alike on both. */
    List<RowDigest> summaries(ShardTransaction shard, Portion portion) {
        return shard.run(reading -> {
            List<RowDigest> summaries = new ArrayList<>();
            for (MovedTable table : portion.tables) {
                summaries.add(copying.summary(reading, table.columns, portion.rows));
            }
            return summaries;
        });
    }

    /**
     * Requires of whole ranges that were copied that what the target computes of their rows is what the source has stored: the function may have
     * been replaced since, or be another one there, and rows would change as they move.
     */
    void requireComputedAlike(ShardTransaction source, ShardTransaction target, Portion portion) {
        for (MovedTable table : portion.tables) {
            TableColumns computed = table.columns.ofComputed();
            if (!computed.columns().isEmpty()
                    && !computed(source, computed, portion).equals(computed(target, computed, portion))) {
                throw new CorruptionException("""
                        What %s has stored in the generated columns of table %s (%s), %s computes otherwise: a function that computes \
                        them was replaced since, or is another one there. Nothing of this chunk moved. Make the functions alike on all \
                        shards, have the columns computed anew on %s, by an UPDATE that sets a column that they are computed from to \
                        itself, then do the same again.""".formatted(
                                source.shard().name(),
                                computed.table(),
                                computed.list(),
                                target.shard().name(),
                                source.shard().name()));
            }
        }
    }

    private RowDigest computed(ShardTransaction shard, TableColumns computed, Portion portion) {
        return shard.run(reading -> copying.summary(reading, computed, portion.rows));
    }

    /** Deletes some rows of some tables, those that refer to others first. */
    void delete(ShardTransaction shard, Portion portion) {
        shard.run(deleting -> {
            List<String> deletions = new ArrayList<>();
            for (MovedTable table : portion.tables) {
                deletions.add("DELETE FROM " + table.columns.table() + " WHERE "
                        + portion.rows.in(table.columns, shard.shard().dialect()));
            }
            Collections.reverse(deletions);
            deleting.dsl().batch(deletions.toArray(String[]::new)).execute();
            return true;
        });
    }
}
