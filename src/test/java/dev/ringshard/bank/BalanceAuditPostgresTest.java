package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class BalanceAuditPostgresTest extends BalanceAuditContract {
    BalanceAuditPostgresTest() {
        super(DatabaseKind.POSTGRESQL);
    }
}
