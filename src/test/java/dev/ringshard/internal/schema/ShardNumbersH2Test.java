package dev.ringshard.internal.schema;

import dev.ringshard.config.DatabaseKind;

class ShardNumbersH2Test extends ShardNumbersContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
