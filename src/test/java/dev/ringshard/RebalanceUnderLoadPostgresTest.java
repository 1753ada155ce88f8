package dev.ringshard;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class RebalanceUnderLoadPostgresTest extends RebalanceUnderLoadContract {
    RebalanceUnderLoadPostgresTest() throws SQLException {
        super(DatabaseKind.POSTGRESQL);
    }
}
