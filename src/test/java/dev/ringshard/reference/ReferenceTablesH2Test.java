package dev.ringshard.reference;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class ReferenceTablesH2Test extends ReferenceTablesContract {
    ReferenceTablesH2Test() throws SQLException {}

    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
