package dev.ringshard.internal.shard;

import dev.ringshard.config.ShardedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Record1;
import org.jooq.ResultQuery;

/** What keeps tables to the tokens that a shard owns, and what that needs of a database. Immutable. */
public sealed interface Fencing permits PostgresFencing, H2Fencing {
    /** Enters all tokens of an array, its one parameter; where statements {@linkplain Dialect#runsStatementsTogether run together}. */
    String ENTER_ALL = "SELECT ringshard.enter(token) FROM unnest(CAST(? AS bigint[])) AS token";

    /**
     * Puts the fence on a sharded table; not where it is at work, as everybody's work on the table has to wait for that. Waits a
     * moment for those who write to the table, as sessions that come to write wait meanwhile, and fails as contention if they do not
     * let go.
     *
     * @param isRecorded whether it is recorded that the table was fenced just so before
     */
    void fence(DSLContext dsl, ShardedTable table, boolean isRecorded);

    /** Those of these tables that are not fenced, by triggers that are at work. */
    List<ShardedTable> unfenced(DSLContext dsl, List<ShardedTable> tables);

    /**
     * What tells apart any two definitions of these tables and of their fences, as far as a copy depends on them, in one question;
     * empty where that takes more than one.
     */
    default Optional<ResultQuery<Record1<String>>> definition(DSLContext dsl, List<ShardedTable> tables) {
        return Optional.empty();
    }

    /**
     * Who keeps triggers of a table from being made or dropped, in words; empty if nobody does any more, or nobody knows.
     *
     * @param readersToo whether those count who have only read it
     */
    default Optional<String> holder(Connection connection, String table, boolean readersToo) throws SQLException {
        return Optional.empty();
    }

    /**
     * Puts on a reference table what refuses writes past {@link Transactions#beginReferenceWork}, unless it is at work; waits as {@link #fence}
     * does.
     */
    void fenceReference(DSLContext dsl, String table);

    /** Takes off again what {@link #fenceReference} has put on, if the table is there; waits as that. */
    void releaseReference(DSLContext dsl, String table);

    /** Whether that is at work. */
    boolean isReferenceFenced(DSLContext dsl, String table);

    /** The column of a sharded table that its fence reads, and takes the token from. */
    String fencedColumn(ShardedTable table);

    /**
     * Gives a sharded table that stores no token an index on the tokens of its rows, unless it has one; in autocommit.
     *
     * @return whether it had none
     */
    boolean indexTokens(Connection connection, ShardedTable table) throws SQLException;

    /** How far an index is that another session of this user builds in this database, in words; empty if none is, or nobody knows. */
    default Optional<String> indexing(Connection connection) throws SQLException {
        return Optional.empty();
    }

    /**
     * Returns once no transaction works any more with a snapshot that is older than this call, in autocommit. Whoever is fenced
     * from then on sees what is owned now.
     *
     * @param key a small table of Ringshard's own, and in parentheses a column of it
     */
    default void outwaitSnapshots(Connection connection, String key) throws SQLException {}

    /** Whether a statement may enter a token by the trigger of its table alone; where not, its transaction enters first. */
    boolean entersByTrigger();

    /** By what writers pass without the row of their range; empty where they never do. */
    Optional<PostgresSlots> slots();
}
