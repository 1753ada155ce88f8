package dev.ringshard.internal.serve;

import dev.ringshard.config.DatabaseKind;
import org.junit.jupiter.api.Tag;

@Tag("ci")
class ServeH2Test extends ServeContract {
    ServeH2Test() {
        super(DatabaseKind.H2);
    }
}
