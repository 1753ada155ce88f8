package dev.ringshard;

import dev.ringshard.config.DatabaseKind;

class PinnedKeysH2Test extends PinnedKeysContract {
    PinnedKeysH2Test() {
        super(DatabaseKind.H2);
    }
}
