package dev.ringshard.rebalance;

import dev.ringshard.config.DatabaseKind;

class BySizeH2Test extends BySizeContract {
    BySizeH2Test() {
        super(DatabaseKind.H2);
    }
}
