package dev.ringshard.internal.shard;

import dev.ringshard.config.ShardedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.Field;

/** What a database's catalog says of tables, of which rows are to be moved. Immutable. */
public sealed interface DatabaseCatalog permits PostgresCatalog, H2Catalog {
    /**
     * The types of a table's columns, by their names in lower case, to which their texts can be cast, so that they are stored as they
     * were read; empty where the driver's values say all.
     */
    default Map<String, String> textTypes(Connection connection, String table) throws SQLException {
        return Map.of();
    }

    /** The columns of a table that the database computes from others, in lower case. */
    Set<String> generatedColumns(Connection connection, String table) throws SQLException;

    /**
     * What keeps this database user from moving rows of a table as they are, where another user could: what of the application's
     * would act on them, or hides them.
     */
    Set<Obstacle> barsToMover(Connection connection, String table) throws SQLException;

    /** Whether sessions of this database user write nothing unless they ask to. */
    boolean isReadOnlyByDefault(Connection connection) throws SQLException;

    /** The foreign keys that a table has, and those that refer to it; the columns of one in their order. */
    List<ForeignKeyColumn> foreignKeys(Connection connection, String schema, String table) throws SQLException;

    /** What of a table nobody can move by its content. */
    Set<Obstacle> unmovable(Connection connection, ShardedTable table) throws SQLException;

    /** What types of the application's own a table uses, however deep, each with its definition, in which {@link PrintedExpressions} are marked. */
    Set<String> ownTypes(Connection connection, String table) throws SQLException;

    /**
     * What decides whether a row is taken, and what it holds then: constraints but foreign keys, unique indexes, and what
     * columns are generated from. Alike for two databases of one kind if both take the same rows, once their
     * {@link PrintedExpressions}, which are marked, have been read again.
     */
    Set<String> conditions(Connection connection, String table) throws SQLException;

    /** The encoding of texts in the database, by its name. */
    String encoding(Connection connection) throws SQLException;

    /** Whether the binary form of a table's rows holds numbers that mean something in this database only. */
    boolean hasLocalBinaryForm(Connection connection, String table) throws SQLException;

    /**
     * What sets the counters of a table's columns past what some rows hold, so that no next number meets one that arrived: at once,
     * whatever becomes of the transaction. Questions, each with {@code %s} for the condition that the rows meet; none on H2.
     */
    Set<String> counters(Connection connection, String table) throws SQLException;

    /**
     * As {@link #counters}, of columns whose default makes something else of a number, such as a text, from which it cannot be told:
     * by the column, each with {@code %s} for how far the counter of the source has come.
     */
    Map<String, String> hiddenCounters(Connection connection, String table) throws SQLException;

    /** How far the counters have come from whose numbers a table makes something else than whole numbers, by its columns. */
    Map<String, Long> counted(Connection connection, String table) throws SQLException;

    /** Whether the database user may UPDATE a table. */
    boolean mayUpdate(DSLContext dsl, String table);

    /** Whether a table is there, also where the database user may not read it. */
    boolean hasTable(DSLContext dsl, Field<String> schema, String table);
}
