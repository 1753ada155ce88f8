package dev.ringshard.rebalance;

import dev.ringshard.config.DatabaseKind;

class ChunksH2Test extends ChunksContract {
    ChunksH2Test() {
        super(DatabaseKind.H2);
    }
}
