package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class OneShardDownPostgresTest extends OneShardDownContract {
    OneShardDownPostgresTest() {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }
}
