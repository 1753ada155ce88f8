package dev.ringshard.internal.shard;

import java.sql.DatabaseMetaData;
import java.sql.SQLException;

/**
 * The database behind a connection, and the server that it is on.
 *
 * @param database the same for two connections only if they reach the same database, however their URLs are spelt
 * @param isStandby whether it only follows another one, and takes no writes
 * @param server such as {@code PostgreSQL 18.6}, without what its packager says of himself
 */
public record DatabaseServer(String database, String server, int majorVersion, boolean isStandby) {

    /** As the transaction's connection says. */
    public static DatabaseServer of(ShardTransaction transaction) throws SQLException {
        DatabaseMetaData said = transaction.connection().getMetaData();
        return new DatabaseServer(
                transaction.databaseIdentity(),
                said.getDatabaseProductName() + " "
                        + said.getDatabaseProductVersion().split(" ", 2)[0],
                said.getDatabaseMajorVersion(),
                transaction.shard().dialect().isStandby(transaction.connection()));
    }
}
