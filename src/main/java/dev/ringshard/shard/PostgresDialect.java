package dev.ringshard.shard;

import com.zaxxer.hikari.HikariConfig;
import dev.ringshard.config.PoolConfig;
import java.sql.Connection;
import java.sql.SQLException;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/** PostgreSQL 15 and later. */
record PostgresDialect() implements Dialect {

    @Override
    public String migrations() {
        return "postgresql";
    }

    @Override
    public SQLDialect jooq() {
        return SQLDialect.POSTGRES;
    }

    @Override
    public void configure(HikariConfig pool, PoolConfig settings) {
        pool.setDriverClassName("org.postgresql.Driver");
        // What stands in the URL wins over these.
        pool.addDataSourceProperty("ApplicationName", "ringshard");
        pool.addDataSourceProperty("tcpKeepAlive", "true");
        pool.addDataSourceProperty("reWriteBatchedInserts", "true");
        pool.addDataSourceProperty(
                "connectTimeout", seconds(settings.connectionTimeout().toSeconds()));
        pool.addDataSourceProperty(
                "socketTimeout", seconds(settings.socketTimeout().toSeconds()));
        pool.addDataSourceProperty(
                "options", "-c lock_timeout=" + settings.lockTimeout().toMillis());
    }

    /** The driver counts in whole seconds and takes 0 for "for ever". */
    private static String seconds(long seconds) {
        return Long.toString(Math.max(1, seconds));
    }

    @Override
    public void beginSnapshot(Connection connection) throws SQLException {
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    }

    @Override
    public String identityQuery() {
        return "SELECT pg_postmaster_start_time()::text || ' ' || oid::text FROM pg_database"
                + " WHERE datname = current_database()";
    }

    @Override
    public Field<String> codePointOrder(Field<String> text) {
        return text; // the migrations give these columns the collation "C"
    }

    @Override
    public boolean canOnlyRollBack(Connection connection) throws SQLException {
        return connection.isWrapperFor(BaseConnection.class)
                && connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.FAILED;
    }

    @Override
    public boolean runsStatementsTogether() {
        return true;
    }
}
