package dev.ringshard.rebalance;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;

@Tag("ci")
class LostConnectionsPostgresTest extends LostConnectionsContract {
    LostConnectionsPostgresTest() throws SQLException {
        super(DatabaseKind.POSTGRESQL);
    }
}
