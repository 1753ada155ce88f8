package dev.ringshard.rebalance;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class PlansH2Test extends PlansContract {
    PlansH2Test() throws SQLException {
        super(DatabaseKind.H2, DatabaseKind.H2);
    }
}
