package dev.ringshard.internal.handover;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;

@Tag("ci")
class CatchUpH2Test extends CatchUpContract {
    CatchUpH2Test() throws SQLException {
        super(DatabaseKind.H2, DatabaseKind.H2);
    }
}
