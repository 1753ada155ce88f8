package dev.ringshard.internal.copies;

import dev.ringshard.internal.copies.ReferenceRows.Row;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.RowValues;
import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What makes the rows of a reference table on one shard those of another version: by difference, so that whatever refers to a row that
 * stays is left alone. For one thread.
 */
final class RowChanges {
    private static final int BATCH = 500;

    private final ShardTransaction shard;
    private final Connection connection;
    private final ReferenceRows here;

    private RowChanges(ShardTransaction shard, ReferenceRows here) {
        this.shard = shard;
        this.connection = shard.connection();
        this.here = here;
    }

    /** A statement with its parameters. */
    private record Write(String sql, List<@Nullable Object> parameters) {}

    /** Stores other rows in the place of those that a shard holds; the counters of its columns go past them. */
    static void apply(ShardTransaction shard, ReferenceRows here, ReferenceRows wanted) throws SQLException {
        new RowChanges(shard, here).apply(wanted);
    }

    /** Deletes rows of these keys, as texts. */
    static void delete(ShardTransaction shard, ReferenceRows here, List<List<String>> keys) throws SQLException {
        new RowChanges(shard, here).delete(keys);
    }

    private void apply(ReferenceRows wanted) throws SQLException {
        delete(here.keysNotIn(wanted));
        Dialect dialect = shard.shard().dialect();
        dialect.transactions().writeAsReplica(connection);
        update(changed(wanted));
        insert(wanted, wanted.keysNotIn(here));
        for (String counter : dialect.catalog().counters(connection, here.table())) {
            shard.dsl().fetch(counter.formatted("true"));
        }
    }

    private void delete(List<List<String>> keys) throws SQLException {
        List<Write> writes = new ArrayList<>();
        for (List<String> key : keys) {
            if (here.rows().containsKey(key)) {
                writes.add(new Write(
                        "DELETE FROM %s WHERE %s".formatted(here.table(), isKey()),
                        parameters(here, here.row(key), here.key())));
            }
        }
        inBatches(writes);
    }

    private List<Write> changed(ReferenceRows wanted) {
        List<Write> writes = new ArrayList<>();
        wanted.rows().forEach((key, row) -> {
            if (here.rows().containsKey(key) && !here.row(key).alike().equals(row.alike())) {
                writes.add(change(wanted, here.row(key), row));
            }
        });
        return writes;
    }

    private Write change(ReferenceRows wanted, Row before, Row after) {
        List<String> columns = wanted.columns().stream()
                .filter(column -> !here.columns().contains(column)
                        || !alike(here, before, column).equals(alike(wanted, after, column)))
                .toList();
        List<@Nullable Object> parameters = new ArrayList<>(parameters(wanted, after, columns));
        parameters.addAll(parameters(here, before, here.key()));
        return new Write(
                "UPDATE %s SET %s WHERE %s".formatted(here.table(), each(columns, wanted, ", "), isKey()), parameters);
    }

    private static String alike(ReferenceRows rows, Row row, String column) {
        return row.alike().get(rows.columns().indexOf(column));
    }

    /** A unique value may be free only once the row that had it has another one. */
    private void update(List<Write> writes) throws SQLException {
        List<Write> left = writes;
        while (!left.isEmpty()) {
            List<Write> refused = new ArrayList<>();
            SQLException reason = null;
            for (Write write : left) {
                Savepoint before = connection.setSavepoint();
                try {
                    inBatches(List.of(write));
                } catch (SQLException failure) {
                    if (FailureKind.of(failure) != FailureKind.DUPLICATE) {
                        throw failure;
                    }
                    connection.rollback(before);
                    refused.add(write);
                    reason = failure;
                }
            }
            if (refused.size() == left.size()) {
                throw Objects.requireNonNull(reason);
            }
            left = refused;
        }
    }

    private void insert(ReferenceRows wanted, List<List<String>> keys) throws SQLException {
        String sql = RowValues.insertion(
                here.table(),
                String.join(", ", wanted.columns()),
                wanted.columns().stream()
                        .map(column -> parameter(wanted, column))
                        .collect(Collectors.joining(", ")));
        inBatches(keys.stream()
                .map(key -> new Write(sql, parameters(wanted, wanted.row(key), wanted.columns())))
                .toList());
    }

    private String isKey() {
        return each(here.key(), here, " AND ");
    }

    private String each(List<String> columns, ReferenceRows source, String separator) {
        return columns.stream()
                .map(column -> "%s = %s".formatted(column, parameter(source, column)))
                .collect(Collectors.joining(separator));
    }

    /** As a text of the column's type, where both databases write it alike. */
    private String parameter(ReferenceRows source, String column) {
        return areTexts(source)
                ? "CAST(? AS %s)".formatted(Objects.requireNonNull(here.types().get(column), column))
                : "?";
    }

    private boolean areTexts(ReferenceRows source) {
        return !source.types().isEmpty() && !here.types().isEmpty();
    }

    private List<@Nullable Object> parameters(ReferenceRows source, Row row, List<String> columns) {
        Function<Integer, @Nullable Object> value = areTexts(source) ? row.texts()::get : row.values()::get;
        List<@Nullable Object> parameters = new ArrayList<>();
        columns.forEach(column -> parameters.add(value.apply(source.columns().indexOf(column))));
        return parameters;
    }

    private void inBatches(List<Write> writes) throws SQLException {
        Map<String, List<Write>> bySql = new LinkedHashMap<>();
        writes.forEach(write ->
                bySql.computeIfAbsent(write.sql, first -> new ArrayList<>()).add(write));
        for (Map.Entry<String, List<Write>> same : bySql.entrySet()) {
            try (PreparedStatement statement = connection.prepareStatement(same.getKey())) {
                int waiting = 0;
                for (Write write : same.getValue()) {
                    for (int i = 0; i < write.parameters.size(); i++) {
                        statement.setObject(i + 1, write.parameters.get(i));
                    }
                    statement.addBatch();
                    if (++waiting % BATCH == 0) {
                        statement.executeBatch();
                    }
                }
                statement.executeBatch();
            }
        }
    }
}
