package dev.ringshard.routing;

import static org.awaitility.Awaitility.await;

import dev.ringshard.config.DatabaseKind;

class FenceH2Test extends FenceContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }

    @Override
    String announceMover() {
        return "SET @ringshard_mover = 'on'";
    }

    @Override
    void awaitLockWait() {
        await().until(() -> {
            try (var connection = database().connect();
                    var statement = connection.createStatement();
                    var row = statement.executeQuery(
                            "SELECT count(*) FROM information_schema.sessions" + " WHERE blocker_id IS NOT NULL")) {
                return row.next() && row.getInt(1) > 0;
            }
        });
    }
}
