package dev.ringshard.scatter;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.ownership.HeldRanges;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.SnapshotText;
import dev.ringshard.routing.RowReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A query for rows of a sharded table wherever they are, together with the question which ranges each shard owns. Both answers
 * of a shard come from one snapshot; on PostgreSQL they are one round trip. Immutable; make it once and keep it.
 *
 * <p>The query has to leave out rows that are on a shard but not its own, and which these are is known only from the snapshot.
 * So it is sent with what was there at the last look, and its answer is taken only if the snapshot says that it is still so;
 * otherwise it is asked again in a transaction that looks first.
 *
 * @param <T> what one row becomes
 */
public final class RingRead<T> {
    private static final String VISIBLE = "{visible}";
    private static final Pattern BY_CODE_POINT = Pattern.compile("\\{by-code-point:([^{}]+)}");

    private final ShardedTable table;
    private final String query;
    private final RowReader<T> reader;
    private final Map<Dialect, Text> usual = new ConcurrentHashMap<>();

    private RingRead(ShardedTable table, String query, RowReader<T> reader) {
        this.table = table;
        this.query = query;
        this.reader = reader;
    }

    /** The query as a database gets it, alone and with what asks for the ranges. */
    private record Text(String visible, String query, Optional<SnapshotText> withRanges) {}

    /**
     * A read of a query.
     *
     * @param table as it is declared; no other table of the query has a column of the name of its key or token column
     * @param query one SELECT; parameters as {@code ?}. Where <code>{visible}</code> stands, a condition is put that leaves out
     *     rows that are not the shard's own: {@code SELECT count(*) FROM orders WHERE {visible}}. Instead of
     *     <code>{by-code-point:name}</code> stands what to order or compare a text by, so that it is by Unicode code point on
     *     every shard; on PostgreSQL that is the column itself, which must have the collation {@code "C"}
     * @throws InvalidInputException if the query does not say what is <code>{visible}</code>
     */
    public static <T> RingRead<T> of(ShardedTable table, String query, RowReader<T> reader) {
        if (!query.contains(VISIBLE)) {
            throw new InvalidInputException("""
                    A query over all shards does not contain %s. It would count rows that are being moved twice. Nothing was \
                    read. Write it as a condition on the rows of %s: … WHERE %s AND ….""".formatted(VISIBLE, table.name(), VISIBLE));
        }
        return new RingRead<>(table, query, reader);
    }

    /**
     * Reads on a shard, in one round trip if that is possible.
     *
     * @param known what the shard held at an earlier look
     * @return empty if it has to be read in a transaction that looks at the ranges first
     */
    Optional<PartReader.Read<List<T>>> atOnce(
            Shard shard, long since, HeldRanges known, @Nullable Object... parameters) {
        Text text = text(shard.dialect(), known);
        if (text.withRanges.isEmpty()) {
            return Optional.empty();
        }
        return shard.readInOneSnapshot(connection -> {
            shard.requireUnchanged();
            PartReader.Read<List<T>> answer = atOnce(connection, text.withRanges.get(), since, parameters);
            return answer.held().visible(token(shard.dialect())).equals(text.visible)
                    ? Optional.of(answer)
                    : Optional.empty();
        });
    }

    private PartReader.Read<List<T>> atOnce(
            Connection connection, SnapshotText text, long since, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(text.sql())) {
            statement.setLong(1, since);
            bind(statement, 2, parameters);
            statement.execute();
            HeldRanges held = HeldRanges.read(text.first(statement));
            return new PartReader.Read<>(held, rows(text.next(statement)));
        }
    }

    /** Reads in the snapshot in which the ranges were read. */
    List<T> in(Connection connection, Dialect dialect, HeldRanges held, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(text(dialect, held).query)) {
            bind(statement, 1, parameters);
            try (ResultSet rows = statement.executeQuery()) {
                return rows(rows);
            }
        }
    }

    private static void bind(PreparedStatement statement, int first, @Nullable Object... parameters)
            throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(first + i, parameters[i]);
        }
    }

    private List<T> rows(ResultSet rows) throws SQLException {
        List<T> result = new ArrayList<>();
        while (rows.next()) {
            result.add(reader.read(rows));
        }
        return result;
    }

    /** Where nothing is hidden, the text is the same each time, and so is what the driver has prepared for it. */
    private Text text(Dialect dialect, HeldRanges held) {
        return held.hidden().isEmpty()
                ? usual.computeIfAbsent(dialect, one -> rendered(one, held))
                : rendered(dialect, held);
    }

    private Text rendered(Dialect dialect, HeldRanges held) {
        String visible = held.visible(token(dialect));
        String ordered = BY_CODE_POINT
                .matcher(query)
                .replaceAll(place -> Matcher.quoteReplacement(dialect.codePointOrder(place.group(1))));
        String sql = ordered.replace(VISIBLE, "(" + visible + ")");
        return new Text(visible, sql, dialect.inOneSnapshot(List.of(HeldRanges.QUERY, sql)));
    }

    private String token(Dialect dialect) {
        return dialect.token(table);
    }
}
