package dev.ringshard.bank;

import dev.ringshard.config.DatabaseKind;

final class BalanceAuditH2Test extends BalanceAuditContract {
    BalanceAuditH2Test() {
        super(DatabaseKind.H2);
    }
}
