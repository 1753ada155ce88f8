package dev.ringshard.internal.handover;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class HandoverH2ToPostgresTest extends HandoverContract {
    HandoverH2ToPostgresTest() throws SQLException {
        super(DatabaseKind.H2, DatabaseKind.POSTGRESQL);
    }
}
