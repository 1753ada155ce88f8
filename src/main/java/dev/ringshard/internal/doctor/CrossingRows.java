package dev.ringshard.internal.doctor;

import dev.ringshard.internal.doctor.Finding.When;
import dev.ringshard.internal.shard.FoundTable;
import dev.ringshard.internal.shard.FoundTable.ForeignKey;
import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Rows that refer to a row of another key, which a move would part. As the check before a move finds them, on a database where
 * nothing computes tokens yet, and where a key column may be missing: then the key is that of the row that would fill it.
 */
final class CrossingRows {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String CANCELED = "57014";
    private static final String DENIED = "42501";

    private final ShardTransaction reading;
    private final Map<FoundTable, KeyColumn> keyed;

    CrossingRows(ShardTransaction reading, Map<FoundTable, KeyColumn> keyed) {
        this.reading = reading;
        this.keyed = keyed;
    }

    /** What is found of a foreign key between two sharded tables. */
    Optional<Finding> find(ForeignKey reference) throws SQLException {
        if (holdsTheKey(reference) || isFilledBy(reference)) {
            return Optional.empty();
        }
        String query = "SELECT child.* FROM %s child JOIN %s parent ON %s WHERE %s <> %s LIMIT 1"
                .formatted(
                        reference.child(),
                        reference.parent(),
                        reference.columns().stream()
                                .map(pair -> "child.%s = parent.%s".formatted(pair.child(), pair.parent()))
                                .collect(Collectors.joining(" AND ")),
                        keyOf(reference.child(), "child"),
                        keyOf(reference.parent(), "parent"));
        Savepoint before = reading.connection().setSavepoint();
        try (Statement statement = reading.connection().createStatement()) {
            reading.shard().dialect().transactions().limitStatements(reading.connection(), PATIENCE);
            try (ResultSet row = statement.executeQuery(query)) {
                return row.next() ? Optional.of(crossing(reference, query)) : Optional.empty();
            }
        } catch (SQLException refused) {
            if (!CANCELED.equals(refused.getSQLState()) && !DENIED.equals(refused.getSQLState())) {
                throw refused;
            }
            reading.connection().rollback(before);
            return Optional.of(finding(
                    reference,
                    "refers by %s to %s; whether any row refers to one of another key could not be read (within %d s, by this user). Let its owner run: %s"
                            .formatted(reference.name(), reference.parent(), PATIENCE.toSeconds(), query),
                    List.of()));
        }
    }

    private Finding crossing(ForeignKey reference, String query) {
        return finding(
                reference,
                "has rows that refer by %s to rows of %s with another key: a move would part them. Correct them, or drop that foreign key. One of them: %s"
                        .formatted(reference.name(), reference.parent(), query),
                List.of("ALTER TABLE %s DROP CONSTRAINT %s;".formatted(reference.child(), reference.name())));
    }

    private static Finding finding(ForeignKey reference, String reason, List<String> statements) {
        String table = reference.child().name();
        return new Finding(When.BEFORE_MOVES, "crossing-rows", table, table + " " + reason, statements);
    }

    private boolean holdsTheKey(ForeignKey reference) {
        return reference.columns().stream()
                .anyMatch(pair -> pair.child().equals(key(reference.child()).name())
                        && pair.parent().equals(key(reference.parent()).name()));
    }

    private boolean isFilledBy(ForeignKey reference) {
        KeyColumn key = key(reference.child());
        return key.isMissing() && key.by().equals(Optional.of(reference));
    }

    private KeyColumn key(FoundTable table) {
        return Objects.requireNonNull(keyed.get(table), table::name);
    }

    /** An expression, of a row under that name. */
    private String keyOf(FoundTable table, String row) {
        KeyColumn key = key(table);
        if (!key.isMissing()) {
            return row + "." + key.name();
        }
        ForeignKey by = key.by().orElseThrow();
        String above = row + "_above";
        return "(SELECT %s FROM %s %s WHERE %s)"
                .formatted(
                        keyOf(by.parent(), above),
                        by.parent(),
                        above,
                        by.columns().stream()
                                .map(pair -> "%s.%s = %s.%s".formatted(above, pair.parent(), row, pair.child()))
                                .collect(Collectors.joining(" AND ")));
    }
}
