package dev.ringshard.rebalance;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class PlansH2ToPostgresTest extends PlansContract {
    PlansH2ToPostgresTest() throws SQLException {
        super(DatabaseKind.H2, DatabaseKind.POSTGRESQL);
    }
}
