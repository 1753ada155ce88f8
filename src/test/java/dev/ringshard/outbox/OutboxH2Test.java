package dev.ringshard.outbox;

import dev.ringshard.config.DatabaseKind;

final class OutboxH2Test extends OutboxContract {
    OutboxH2Test() {
        super(DatabaseKind.H2);
    }
}
