package dev.ringshard.rebalance;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;

@Tag("ci")
class RebalancerH2ToPostgresTest extends RebalancerContract {
    RebalancerH2ToPostgresTest() throws SQLException {
        super(DatabaseKind.H2, DatabaseKind.POSTGRESQL);
    }
}
