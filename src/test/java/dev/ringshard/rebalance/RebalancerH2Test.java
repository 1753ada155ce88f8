package dev.ringshard.rebalance;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class RebalancerH2Test extends RebalancerContract {
    RebalancerH2Test() throws SQLException {
        super(DatabaseKind.H2, DatabaseKind.H2);
    }
}
