package dev.ringshard.rebalance;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class PlansPostgresTest extends PlansContract {
    PlansPostgresTest() throws SQLException {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }
}
