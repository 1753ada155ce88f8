package dev.ringshard.internal.schema;

import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/**
 * Lets a migration take its time: an index of a large table takes longer than {@code pool.socket-timeout}, after which a
 * connection that waits for an answer would count as lost. The pool sets it again when the connection comes back.
 */
final class PatientConnections implements Callback {
    private static final int NO_LIMIT = 0;

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
        } catch (SQLException failure) {
            throw new FlywayException("A connection for migrations could not be given more time", failure);
        }
    }

    @Override
    public String getCallbackName() {
        return "ringshard-patient-connections";
    }
}
