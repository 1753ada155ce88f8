package dev.ringshard.internal.schema;

import dev.ringshard.config.DatabaseKind;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class OwnTablesPostgresTest extends OwnTablesContract {
    OwnTablesPostgresTest(@TempDir Path migrations) {
        super(migrations);
    }

    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }

    @Override
    String takeAway(String table) {
        return "ALTER TABLE " + table + " DISABLE TRIGGER ringshard_fence";
    }
}
