package dev.ringshard.internal.copies;

import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.RowValues;
import dev.ringshard.internal.tables.Catalog;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * All rows of a reference table as one shard holds them, in memory. Immutable.
 *
 * @param columns those that are carried, without what a database generates; sorted by name, in lower case
 * @param key those of the primary key
 * @param types by which columns are written as texts; empty where values say all
 * @param rows by their keys as texts
 * @param digest of all of them
 */
public record ReferenceRows(
        String table,
        List<String> columns,
        List<String> key,
        Map<String, String> types,
        Map<List<String>, Row> rows,
        String digest) {
    private static final int FETCHED_AT_ONCE = 1000;

    /**
     * A row, its columns in the order of their names.
     *
     * @param texts as its database writes them; none where values say all
     * @param alike the same texts for the same values, whichever database they come from
     */
    public record Row(List<@Nullable Object> values, List<@Nullable String> texts, List<String> alike) {}

    /** In the transaction of a reading. */
    public static ReferenceRows read(DSLContext dsl, Connection connection, String table) throws SQLException {
        Dialect dialect = Dialect.of(dsl);
        Catalog catalog = Catalog.of(dsl, connection);
        List<String> key = catalog.primaryKey(catalog.name(table));
        List<String> columns = columns(dialect, connection, table);
        Map<String, String> types = dialect.catalog().textTypes(connection, table);
        List<String> selected = new ArrayList<>(columns);
        key.forEach(column -> selected.add(asText(column)));
        if (!types.isEmpty()) {
            columns.forEach(column -> selected.add(asText(column)));
        }
        Map<List<String>, Row> rows = new LinkedHashMap<>();
        long sum = 0;
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT %s FROM %s".formatted(String.join(", ", selected), table))) {
            statement.setFetchSize(FETCHED_AT_ONCE);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    Row row = row(found, columns.size(), key.size(), !types.isEmpty());
                    rows.put(keyTexts(found, columns.size(), key.size()), row);
                    sum += hash(row);
                }
            }
        }
        return new ReferenceRows(table, columns, key, types, rows, "%d-%x".formatted(rows.size(), sum));
    }

    private static String asText(String column) {
        return "CAST(%s AS varchar)".formatted(column);
    }

    private static List<String> columns(Dialect dialect, Connection connection, String table) throws SQLException {
        Set<String> generated = dialect.catalog().generatedColumns(connection, table);
        Set<String> columns = new TreeSet<>();
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM " + table + " WHERE 1 = 0");
                ResultSet none = statement.executeQuery()) {
            ResultSetMetaData metaData = none.getMetaData();
            for (int i = 1; i <= metaData.getColumnCount(); i++) {
                columns.add(metaData.getColumnName(i).toLowerCase(Locale.ROOT));
            }
        }
        columns.removeAll(generated);
        return List.copyOf(columns);
    }

    private static Row row(ResultSet found, int columns, int keys, boolean hasTexts) throws SQLException {
        List<@Nullable Object> values = new ArrayList<>();
        List<@Nullable String> texts = new ArrayList<>();
        List<String> alike = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
            Object value = RowValues.value(found, i);
            values.add(value);
            alike.add(RowValues.text(value));
            if (hasTexts) {
                texts.add(found.getString(columns + keys + i));
            }
        }
        return new Row(values, texts, alike);
    }

    private static List<String> keyTexts(ResultSet found, int columns, int keys) throws SQLException {
        List<String> texts = new ArrayList<>();
        for (int i = 1; i <= keys; i++) {
            texts.add(String.valueOf(found.getString(columns + i)));
        }
        return texts;
    }

    private static long hash(Row row) {
        StringBuilder texts = new StringBuilder();
        row.alike.forEach(text -> texts.append(text.length()).append(':').append(text));
        return RowValues.hash(texts.toString());
    }

    /** The keys of rows that are not among others, as texts. */
    public List<List<String>> keysNotIn(ReferenceRows others) {
        return rows.keySet().stream()
                .filter(each -> !others.rows.containsKey(each))
                .toList();
    }

    Row row(List<String> keyTexts) {
        return java.util.Objects.requireNonNull(rows.get(keyTexts));
    }
}
