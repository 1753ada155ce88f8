package dev.ringshard.internal.handover;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class HandoverH2Test extends HandoverContract {
    HandoverH2Test() throws SQLException {
        super(DatabaseKind.H2, DatabaseKind.H2);
    }
}
