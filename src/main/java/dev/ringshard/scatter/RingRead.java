package dev.ringshard.scatter;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.ownership.HeldRanges;
import dev.ringshard.internal.ownership.KnownRanges;
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
 * So it is sent as of the last look, and its answer is taken only if the snapshot's ranges are those of the last look, by their
 * {@linkplain KnownRanges digest}; otherwise it is asked again in a transaction that looks first.
 *
 * @param <T> what one row becomes
 */
public final class RingRead<T> {
    private static final String VISIBLE = "{visible}";
    private static final String ROWS = "{rows}";
    private static final int MOST_LIMITS = 100;
    private static final Pattern BY_CODE_POINT = Pattern.compile("\\{by-code-point:([^{}]+)}");

    private final ShardedTable table;
    private final String query;
    private final RowReader<T> reader;
    private final Map<Dialect, Text> usual = new ConcurrentHashMap<>();
    private final Map<Integer, RingRead<T>> limited = new ConcurrentHashMap<>();

    private RingRead(ShardedTable table, String query, RowReader<T> reader) {
        this.table = table;
        this.query = query;
        this.reader = reader;
    }

    /** The query as a database gets it, alone and together with the question for the digest. */
    private record Text(String query, Optional<SnapshotText> withDigest) {}

    /**
     * A read of a query.
     *
     * @param table as it is declared; no other table of the query has a column of the name of its key or token column
     * @param query one SELECT; parameters as {@code ?}. Where <code>{visible}</code> stands, a condition is put that leaves out
     *     rows that are not the shard's own: {@code SELECT count(*) FROM orders WHERE {visible}}. Instead of
     *     <code>{by-code-point:name}</code> stands what to order or compare a text by, so that it is by Unicode code point on
     *     every shard; on PostgreSQL that is the column itself, which must have the collation {@code "C"}. Where
     *     <code>{rows}</code> stands, {@link ScatterGather#first} puts a number: {@code ORDER BY … LIMIT {rows}}
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
     * The same with a number of rows. As a number in the text, and no parameter: for a parameter the database plans anew each
     * time, as it cannot know whether few rows are wanted or many.
     *
     * @throws InvalidInputException if the query has no place for it
     */
    RingRead<T> limitedTo(int rows) {
        if (!query.contains(ROWS)) {
            throw new InvalidInputException("""
                    A query for the first rows of all shards does not contain %s. Nothing was read. Write it where the number of \
                    rows belongs: ORDER BY … LIMIT %s.""".formatted(ROWS, ROWS));
        }
        RingRead<T> known = limited.get(rows);
        if (known != null) {
            return known;
        }
        RingRead<T> made = new RingRead<>(table, query.replace(ROWS, Integer.toString(rows)), reader);
        if (limited.size() < MOST_LIMITS) {
            limited.put(rows, made);
        }
        return made;
    }

    /**
     * Reads on a shard, in one round trip.
     *
     * @param known what was known of the shard
     * @return empty if that is not so any more, or the database cannot do it
     */
    Optional<List<T>> ifStill(KnownRanges known, Shard shard, @Nullable Object... parameters) {
        Optional<SnapshotText> text = known.digest().isEmpty()
                        || !shard.runsStatementsTogether()
                        || shard.dialect().mayChangeSession(query)
                ? Optional.empty()
                : text(shard.dialect(), known.held()).withDigest;
        return text.flatMap(together -> shard.readInOneSnapshot(connection -> {
            shard.requireUnchanged();
            return shard.dialect().sendsTogether(connection)
                    ? ifStill(known, connection, together, parameters)
                    : Optional.empty();
        }));
    }

    private Optional<List<T>> ifStill(
            KnownRanges known, Connection connection, SnapshotText text, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(text.sql())) {
            bind(statement, parameters);
            statement.execute();
            return text.check(statement).equals(known.digest())
                    ? Optional.of(rows(text.rows(statement)))
                    : Optional.empty();
        }
    }

    /** Reads in the snapshot in which the ranges were read. */
    List<T> in(ShardPart part, Dialect dialect, HeldRanges held, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = part.connectionFor(query).prepareStatement(text(dialect, held).query)) {
            bind(statement, parameters);
            try (ResultSet rows = statement.executeQuery()) {
                return rows(rows);
            }
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
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
        String ordered = BY_CODE_POINT
                .matcher(query)
                .replaceAll(place -> Matcher.quoteReplacement(dialect.codePointOrder(place.group(1))));
        String sql = ordered.replace(VISIBLE, "(" + held.visible(dialect.token(table)) + ")");
        return new Text(sql, KnownRanges.digest(dialect).flatMap(digest -> dialect.transactions()
                .inOneSnapshot(digest, sql)));
    }
}
