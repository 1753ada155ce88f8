package dev.ringshard.serve;

import dev.ringshard.config.DatabaseKind;

class ServePostgresTest extends ServeContract {
    ServePostgresTest() {
        super(DatabaseKind.POSTGRESQL);
    }
}
