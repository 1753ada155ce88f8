package dev.ringshard.chaos;

import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.config.ShardedTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;

/**
 * The tables of an application beside the bank's, as they are on all shards.
 *
 * @param notes all notes, those of one customer in their order
 * @param events what the application's trigger told of them, on whatever shard
 */
record Notes(List<Note> notes, List<Event> events) {
    static final ShardedTable TABLE = ShardedTable.byKey("notes", "customer_key");
    static final String YAML = "{ name: notes, key: customer_key }";
    static final String MIGRATIONS = "classpath:chaos";

    Notes {
        notes = List.copyOf(notes);
        events = List.copyOf(events);
    }

    /**
     * A note of an entry.
     *
     * @param number the entry's
     * @param operation the id of the post
     * @param previous the number of the same customer's note before
     */
    record Facts(String key, long number, String operation, Optional<Long> previous) {}

    /**
     * A note as it is stored.
     *
     * @param row all columns as text, with those that triggers fill
     * @param isWithCustomer whether the customer's row is on the same shard
     */
    record Note(Facts facts, String row, boolean isWithCustomer) {}

    /**
     * What happened to a note.
     *
     * @param what {@code INSERT}, {@code UPDATE} or {@code DELETE}
     * @param row all columns of the note as text, then
     */
    record Event(String what, String row) {}

    /** Writes the note of a post, in the transaction that holds the customer's row. */
    static void write(DSLContext sql, Post post, long number) {
        sql.execute("""
                INSERT INTO notes (customer_key, number, operation_id, previous)
                SELECT ?, ?, ?, max(number) FROM notes WHERE customer_key = ?""", post.key(), number, post.id(), post.key());
    }

    /** From the tables themselves, past Ringshard. */
    static Notes read(Collection<Connection> shards) throws SQLException {
        List<Note> notes = new ArrayList<>();
        List<Event> events = new ArrayList<>();
        for (Connection shard : shards) {
            try (Statement statement = shard.createStatement()) {
                notes.addAll(readNotes(statement));
                events.addAll(readEvents(statement));
            }
        }
        return new Notes(notes, events);
    }

    private static List<Note> readNotes(Statement statement) throws SQLException {
        List<Note> notes = new ArrayList<>();
        try (ResultSet row = statement.executeQuery("""
                SELECT customer_key, number, operation_id, previous, n::text,
                    EXISTS (SELECT FROM customers c WHERE c.customer_key = n.customer_key)
                FROM notes n ORDER BY customer_key, number""")) {
            while (row.next()) {
                Facts facts = new Facts(
                        row.getString(1),
                        row.getLong(2),
                        row.getString(3),
                        Optional.ofNullable(row.getObject(4, Long.class)));
                notes.add(new Note(facts, row.getString(5), row.getBoolean(6)));
            }
        }
        return notes;
    }

    private static List<Event> readEvents(Statement statement) throws SQLException {
        List<Event> events = new ArrayList<>();
        try (ResultSet row = statement.executeQuery("SELECT what, note FROM outbox")) {
            while (row.next()) {
                events.add(new Event(row.getString(1), row.getString(2)));
            }
        }
        return events;
    }
}
