package dev.ringshard.walk;

import dev.ringshard.jdbc.ShardKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;

/** A running copy of the shop's application: what it gets its connections from. */
public interface ShopInstance {
    /** Work on one tenant's rows. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Runs work in autocommit, on a connection that it closes. */
    <T> T work(UUID tenant, Work<T> work) throws SQLException;

    /** One that knows nothing of Ringshard. */
    static ShopInstance direct(DataSource database) {
        return new ShopInstance() {
            @Override
            public <T> T work(UUID tenant, Work<T> work) throws SQLException {
                try (Connection connection = database.getConnection()) {
                    return work.on(connection);
                }
            }
        };
    }

    /** One whose connections go to the owner of the tenant. */
    static ShopInstance routed(DataSource cluster) {
        return new ShopInstance() {
            @Override
            public <T> T work(UUID tenant, Work<T> work) throws SQLException {
                return ShardKey.with(tenant, () -> {
                    try (Connection connection = cluster.getConnection()) {
                        return work.on(connection);
                    }
                });
            }
        };
    }
}
