package dev.ringshard.internal.handover;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class HandoverPostgresTest extends HandoverContract {
    HandoverPostgresTest() throws SQLException {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }
}
