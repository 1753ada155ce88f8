package dev.ringshard;

import dev.ringshard.config.DatabaseKind;

class PinnedKeysPostgresTest extends PinnedKeysContract {
    PinnedKeysPostgresTest() {
        super(DatabaseKind.POSTGRESQL);
    }
}
