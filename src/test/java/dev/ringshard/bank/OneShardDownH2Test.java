package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class OneShardDownH2Test extends OneShardDownContract {
    OneShardDownH2Test() {
        super(DatabaseKind.H2, DatabaseKind.H2, DatabaseKind.H2);
    }
}
