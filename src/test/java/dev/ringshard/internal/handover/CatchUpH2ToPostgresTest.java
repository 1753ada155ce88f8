package dev.ringshard.internal.handover;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class CatchUpH2ToPostgresTest extends CatchUpContract {
    CatchUpH2ToPostgresTest() throws SQLException {
        super(DatabaseKind.H2, DatabaseKind.POSTGRESQL);
    }
}
