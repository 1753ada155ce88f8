package dev.ringshard.internal.shard;

import dev.ringshard.config.ShardedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Record1;
import org.jooq.ResultQuery;

/** Of PostgreSQL: by triggers, which {@link PostgresFencing} and {@link PostgresReferences} put on, and indexes. */
record PostgresFences(Dialect dialect) implements Fencing {
    @Override
    public void fence(DSLContext dsl, ShardedTable table, boolean isRecorded) {
        PostgresFencing.fence(dsl, table, fencedColumn(table), isRecorded);
    }

    @Override
    public List<ShardedTable> unfenced(DSLContext dsl, List<ShardedTable> tables) {
        return PostgresFencing.unfenced(dsl, tables);
    }

    @Override
    public Optional<ResultQuery<Record1<String>>> definition(DSLContext dsl, List<ShardedTable> tables) {
        return Optional.of(PostgresFencing.definition(dsl, tables));
    }

    @Override
    public Optional<String> holder(Connection connection, String table, boolean readersToo) throws SQLException {
        return PostgresFencing.holder(connection, table, readersToo);
    }

    @Override
    public void fenceReference(DSLContext dsl, String table) {
        PostgresReferences.fence(dsl, table);
    }

    @Override
    public void releaseReference(DSLContext dsl, String table) {
        PostgresReferences.release(dsl, table);
    }

    @Override
    public boolean isReferenceFenced(DSLContext dsl, String table) {
        return PostgresReferences.isFenced(dsl, table);
    }

    @Override
    public String fencedColumn(ShardedTable table) {
        return table.token().orElseGet(() -> table.key().orElseThrow());
    }

    @Override
    public boolean indexTokens(Connection connection, ShardedTable table) throws SQLException {
        return PostgresIndexing.indexTokens(connection, dialect.dsl(connection), table, dialect.token(table));
    }

    @Override
    public Optional<String> indexing(Connection connection) throws SQLException {
        return PostgresIndexing.progress(connection);
    }

    @Override
    public void outwaitSnapshots(Connection connection, String key) throws SQLException {
        PostgresIndexing.outwaitSnapshots(connection, key);
    }

    @Override
    public boolean entersByTrigger() {
        return true;
    }

    @Override
    public Optional<PostgresSlots> slots() {
        return Optional.of(new PostgresSlots());
    }
}
