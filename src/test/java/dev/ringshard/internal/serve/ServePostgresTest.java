package dev.ringshard.internal.serve;

import dev.ringshard.config.DatabaseKind;

class ServePostgresTest extends ServeContract {
    ServePostgresTest() {
        super(DatabaseKind.POSTGRESQL);
    }
}
