package dev.ringshard;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class RollingUpgradeH2Test extends RollingUpgradeContract {
    RollingUpgradeH2Test() throws SQLException {
        super(DatabaseKind.H2);
    }
}
