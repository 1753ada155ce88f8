package dev.ringshard.internal.schema;

import dev.ringshard.config.DatabaseKind;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class OwnTablesH2Test extends OwnTablesContract {
    OwnTablesH2Test(@TempDir Path migrations) {
        super(migrations);
    }

    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }

    @Override
    String takeAway(String table) {
        return "DROP TRIGGER " + table + "_ringshard_fence";
    }
}
