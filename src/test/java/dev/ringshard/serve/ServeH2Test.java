package dev.ringshard.serve;

import dev.ringshard.config.DatabaseKind;

class ServeH2Test extends ServeContract {
    ServeH2Test() {
        super(DatabaseKind.H2);
    }
}
