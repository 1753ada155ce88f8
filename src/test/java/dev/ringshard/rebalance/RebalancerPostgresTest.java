package dev.ringshard.rebalance;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class RebalancerPostgresTest extends RebalancerContract {
    RebalancerPostgresTest() throws SQLException {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }
}
