package dev.ringshard;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;

@Tag("ci")
class RebalanceUnderLoadH2Test extends RebalanceUnderLoadContract {
    RebalanceUnderLoadH2Test() throws SQLException {
        super(DatabaseKind.H2);
    }
}
