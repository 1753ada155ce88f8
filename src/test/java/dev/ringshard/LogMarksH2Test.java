package dev.ringshard;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.testing.TestDatabase;

class LogMarksH2Test extends LogMarksContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }

    @Override
    TestDatabase unreachable() {
        return new TestDatabase("jdbc:h2:tcp://localhost:1/mem:none", "nobody", "");
    }
}
