package dev.ringshard.verify;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.shard.CodePoints;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.scatter.ShardPart;
import dev.ringshard.scatter.Snapshots;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jooq.impl.DSL;

/**
 * Looks for keys that have rows on more than one shard: reads the keys of all shards once more, in one order, side by side,
 * in constant memory. Databases sort for it, so it is only worth it if a scan says that there may be some. For one thread.
 */
final class SharedKeys {
    private static final int FETCH_SIZE = 5000;

    private final List<ShardedTable> tables;
    private final Map<String, RowCheck> checks;
    private final FindingCounter<SharedKey> found;

    /** @param checks by the shards' names */
    SharedKeys(List<ShardedTable> tables, Map<String, RowCheck> checks, int examples) {
        this.tables = tables.stream().filter(table -> table.key().isPresent()).toList();
        this.checks = checks;
        this.found = new FindingCounter<>(examples);
    }

    /** A row of a key. */
    private record KeyedRow(String key, long token, String shard) {}

    Occurrences<SharedKey> find(Snapshots snapshots) {
        Iterator<KeyedRow> rows = snapshots
                .merged(this::inOrder, Comparator.comparing(KeyedRow::key, CodePoints::compare))
                .filter(row -> !check(row.shard).hides(row.token))
                .iterator();
        String key = "";
        Set<String> shards = new TreeSet<>();
        while (rows.hasNext()) {
            KeyedRow row = rows.next();
            if (!row.key.equals(key)) {
                tell(key, shards);
                key = row.key;
                shards = new TreeSet<>();
            }
            shards.add(row.shard);
        }
        tell(key, shards);
        return found.found();
    }

    private void tell(String key, Set<String> shards) {
        if (shards.size() > 1) {
            found.add(() -> new SharedKey(key, List.copyOf(shards)));
        }
    }

    private Iterator<KeyedRow> inOrder(ShardPart part) {
        Dialect dialect = Dialect.of(part.dsl());
        String keys = tables.stream()
                .map(table -> "SELECT %s AS shard_key, %s AS shard_token FROM %s WHERE %s IS NOT NULL"
                        .formatted(
                                dialect.keyText(table.key().orElseThrow()),
                                dialect.token(table),
                                table.name(),
                                table.key().orElseThrow()))
                .collect(Collectors.joining(" UNION "));
        String order = part.dsl().renderInlined(part.codePointOrder(DSL.field("shard_key", String.class)));
        String sql = "SELECT shard_key, shard_token FROM (%s) all_keys ORDER BY %s".formatted(keys, order);
        return part.iterate(
                part.dsl().resultQuery(sql).fetchSize(FETCH_SIZE),
                row -> new KeyedRow(row.getString(1), row.getLong(2), part.shard()));
    }

    private RowCheck check(String shard) {
        return Objects.requireNonNull(checks.get(shard));
    }
}
