package dev.ringshard.outbox;

import dev.ringshard.config.DatabaseKind;

final class OutboxPostgresTest extends OutboxContract {
    OutboxPostgresTest() {
        super(DatabaseKind.POSTGRESQL);
    }
}
