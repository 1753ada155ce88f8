package dev.ringshard.verify;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class SharedValuesPostgresTest extends SharedValuesContract {
    SharedValuesPostgresTest() throws SQLException {}

    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
