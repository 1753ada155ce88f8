package dev.ringshard.jdbc;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The part of a connection that makes statements: every method of JDBC that does so calls {@link #register}. */
abstract class PreparingConnection implements Connection {

    /** Fails if the connection is closed. */
    abstract void requireOpen() throws SQLException;

    /** A statement of the connection's, which is made on a database when it is executed. */
    abstract <T extends Statement> T register(Class<T> type, StatementScript.Kind kind);

    @Override
    public Statement createStatement() throws SQLException {
        requireOpen();
        return register(
                Statement.class, new StatementScript.Kind(Statement.class, null, false, Connection::createStatement));
    }

    @Override
    public Statement createStatement(int type, int concurrency) throws SQLException {
        requireOpen();
        return register(
                Statement.class,
                new StatementScript.Kind(
                        Statement.class,
                        null,
                        type,
                        concurrency,
                        false,
                        connection -> connection.createStatement(type, concurrency)));
    }

    @Override
    public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
        requireClosingCursors(holdability);
        return createStatement(type, concurrency);
    }

    @Override
    public PreparedStatement prepareStatement(String sql) throws SQLException {
        return prepared(sql, false, connection -> connection.prepareStatement(sql));
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int keys) throws SQLException {
        return prepared(
                sql, keys == Statement.RETURN_GENERATED_KEYS, connection -> connection.prepareStatement(sql, keys));
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int[] columns) throws SQLException {
        return prepared(sql, true, connection -> connection.prepareStatement(sql, columns));
    }

    @Override
    public PreparedStatement prepareStatement(String sql, String[] columns) throws SQLException {
        return prepared(sql, true, connection -> connection.prepareStatement(sql, columns));
    }

    private PreparedStatement prepared(String sql, boolean returnsKeys, StatementScript.Origin origin)
            throws SQLException {
        requireOpen();
        return register(
                PreparedStatement.class, new StatementScript.Kind(PreparedStatement.class, sql, returnsKeys, origin));
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int type, int concurrency) throws SQLException {
        requireOpen();
        return register(
                PreparedStatement.class,
                new StatementScript.Kind(
                        PreparedStatement.class,
                        sql,
                        type,
                        concurrency,
                        false,
                        connection -> connection.prepareStatement(sql, type, concurrency)));
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
            throws SQLException {
        requireClosingCursors(holdability);
        return prepareStatement(sql, type, concurrency);
    }

    @Override
    public CallableStatement prepareCall(String sql) throws SQLException {
        requireOpen();
        return register(
                CallableStatement.class,
                new StatementScript.Kind(
                        CallableStatement.class, sql, false, connection -> connection.prepareCall(sql)));
    }

    @Override
    public CallableStatement prepareCall(String sql, int type, int concurrency) throws SQLException {
        requireOpen();
        return register(
                CallableStatement.class,
                new StatementScript.Kind(
                        CallableStatement.class,
                        sql,
                        type,
                        concurrency,
                        false,
                        connection -> connection.prepareCall(sql, type, concurrency)));
    }

    @Override
    public CallableStatement prepareCall(String sql, int type, int concurrency, int holdability) throws SQLException {
        requireClosingCursors(holdability);
        return prepareCall(sql, type, concurrency);
    }

    private static void requireClosingCursors(int holdability) throws SQLException {
        if (holdability != ResultSet.CLOSE_CURSORS_AT_COMMIT) {
            throw SqlFailures.notSupported("""
                    Result sets that outlive their transaction were asked for (holdability %d). Nothing was done. With the \
                    transaction the connection to the shard goes back; ask for CLOSE_CURSORS_AT_COMMIT.""".formatted(holdability));
        }
    }

    @Override
    public void setHoldability(int holdability) throws SQLException {
        requireOpen();
        requireClosingCursors(holdability);
    }

    @Override
    public int getHoldability() throws SQLException {
        requireOpen();
        return ResultSet.CLOSE_CURSORS_AT_COMMIT;
    }
}
