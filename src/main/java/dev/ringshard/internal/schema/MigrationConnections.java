package dev.ringshard.internal.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/**
 * Prepares the connection of each migration: its schema, and that it may take its time: an index of a large table takes longer than {@code pool.socket-timeout}, after which a
 * connection that waits for an answer would count as lost. The pool sets it again when the connection comes back.
 */
final class MigrationConnections implements Callback {
    private static final int NO_LIMIT = 0;

    private final Optional<String> schema;

    /** @param schema the one that unqualified names are in; empty for Flyway's own choice */
    MigrationConnections(Optional<String> schema) {
        this.schema = schema;
    }

    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.BEFORE_EACH_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        try {
            Connection connection = context.getConnection();
            connection.setNetworkTimeout(Runnable::run, NO_LIMIT);
            if (schema.isPresent()) {
                connection.setSchema(schema.get()); // Flyway sets it back
            }
        } catch (SQLException failure) {
            throw new FlywayException("A connection for migrations could not be prepared", failure);
        }
    }

    @Override
    public String getCallbackName() {
        return "ringshard-migration-connections";
    }
}
