package dev.ringshard.internal.handover;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;

class CatchUpPostgresTest extends CatchUpContract {
    CatchUpPostgresTest() throws SQLException {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }
}
