package dev.ringshard.bank;

import dev.ringshard.config.BankConfig;
import dev.ringshard.scatter.ShardPart;
import dev.ringshard.verify.Audit;
import dev.ringshard.verify.Placement;
import dev.ringshard.verify.ShardAudit;

/** Checks that each balance is the sum of its entries. Immutable. */
record BalanceAudit(BankConfig bank) implements Audit {

    @Override
    public String kind() {
        return "unbalanced";
    }

    @Override
    public String rule() {
        return "every balance is the sum of its entries";
    }

    @Override
    public ShardAudit begin(ShardPart part, Placement placement) {
        return new ShardBalances(bank, part, placement);
    }
}
