package dev.ringshard.reference;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class ReferenceTablesPostgresTest extends ReferenceTablesContract {
    ReferenceTablesPostgresTest() throws SQLException {}

    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
