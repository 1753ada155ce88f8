package dev.ringshard.routing;

import java.sql.Connection;

/** How much a transaction sees of others that commit while it runs. */
public enum Isolation {
    /** Each statement sees what was committed before it began. The default of both databases. */
    READ_COMMITTED(Connection.TRANSACTION_READ_COMMITTED),
    /** The whole transaction sees one snapshot; writing what changed since fails and is repeated. */
    REPEATABLE_READ(Connection.TRANSACTION_REPEATABLE_READ),
    /** As if transactions ran one after the other; those that cannot be ordered fail and are repeated. */
    SERIALIZABLE(Connection.TRANSACTION_SERIALIZABLE);

    private final int jdbcLevel;

    Isolation(int jdbcLevel) {
        this.jdbcLevel = jdbcLevel;
    }

    int jdbcLevel() {
        return jdbcLevel;
    }
}
