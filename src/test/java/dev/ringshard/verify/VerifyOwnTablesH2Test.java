package dev.ringshard.verify;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class VerifyOwnTablesH2Test extends VerifyOwnTablesContract {
    VerifyOwnTablesH2Test() throws SQLException {}

    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
