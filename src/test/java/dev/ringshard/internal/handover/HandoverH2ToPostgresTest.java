package dev.ringshard.internal.handover;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;

@Tag("ci")
class HandoverH2ToPostgresTest extends HandoverContract {
    HandoverH2ToPostgresTest() throws SQLException {
        super(DatabaseKind.H2, DatabaseKind.POSTGRESQL);
    }
}
