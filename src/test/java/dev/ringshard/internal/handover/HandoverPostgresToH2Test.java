package dev.ringshard.internal.handover;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;

@Tag("ci")
class HandoverPostgresToH2Test extends HandoverContract {
    HandoverPostgresToH2Test() throws SQLException {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.H2);
    }
}
