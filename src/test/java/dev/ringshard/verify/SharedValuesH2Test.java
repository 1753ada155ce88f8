package dev.ringshard.verify;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class SharedValuesH2Test extends SharedValuesContract {
    SharedValuesH2Test() throws SQLException {}

    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
