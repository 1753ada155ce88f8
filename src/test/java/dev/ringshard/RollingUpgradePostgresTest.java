package dev.ringshard;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class RollingUpgradePostgresTest extends RollingUpgradeContract {
    RollingUpgradePostgresTest() throws SQLException {
        super(DatabaseKind.POSTGRESQL);
    }
}
