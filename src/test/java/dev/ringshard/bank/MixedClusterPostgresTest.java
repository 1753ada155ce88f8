package dev.ringshard.bank;

import static dev.ringshard.config.DatabaseKind.H2;
import static dev.ringshard.config.DatabaseKind.POSTGRESQL;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The contracts on shards of both kinds in one cluster: above all, both must sort alike. */
@Tag("ci")
final class MixedClusterPostgresTest {

    @Nested
    final class Records extends RecordsContract {
        Records() {
            super(H2, POSTGRESQL);
        }
    }

    @Nested
    final class Money extends MoneyContract {
        Money() {
            super(H2, POSTGRESQL);
        }
    }

    @Nested
    final class Transfers extends TransfersContract {
        Transfers() {
            super(H2, POSTGRESQL);
        }
    }

    @Nested
    final class Concurrency extends ConcurrencyContract {
        Concurrency() {
            super(POSTGRESQL, H2);
        }
    }

    @Nested
    final class Scatter extends ScatterContract {
        Scatter() {
            super(H2, POSTGRESQL, H2, POSTGRESQL);
        }
    }

    @Nested
    final class CreateAll extends CreateAllContract {
        CreateAll() {
            super(H2, POSTGRESQL);
        }
    }

    @Nested
    final class OwnSql extends OwnSqlContract {
        OwnSql() {
            super(H2, POSTGRESQL);
        }
    }
}
