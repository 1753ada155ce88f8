package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;
import org.junit.jupiter.api.Tag;

@Tag("ci")
final class ReplayH2Test extends ReplayContract {
    ReplayH2Test() {
        super(DatabaseKind.H2, DatabaseKind.H2, DatabaseKind.H2, DatabaseKind.H2);
    }
}
