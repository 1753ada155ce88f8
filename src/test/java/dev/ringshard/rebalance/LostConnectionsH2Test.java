package dev.ringshard.rebalance;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class LostConnectionsH2Test extends LostConnectionsContract {
    LostConnectionsH2Test() throws SQLException {
        super(DatabaseKind.H2);
    }
}
