package dev.ringshard;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class RebalanceUnderLoadH2Test extends RebalanceUnderLoadContract {
    RebalanceUnderLoadH2Test() throws SQLException {
        super(DatabaseKind.H2);
    }
}
