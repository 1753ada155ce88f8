package dev.ringshard.internal.serve;

import dev.ringshard.config.DatabaseKind;

class ServeH2Test extends ServeContract {
    ServeH2Test() {
        super(DatabaseKind.H2);
    }
}
