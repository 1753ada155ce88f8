package dev.ringshard.chaos;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.Balances;

/** What a customer's accounts hold, in cents. */
record Holdings(long savings, long checking, long retirement401k) {
    static final Holdings NOTHING = new Holdings(0, 0, 0);

    static Holdings of(Balances balances) {
        return new Holdings(
                Cents.of(balances.savings()), Cents.of(balances.checking()), Cents.of(balances.retirement401k()));
    }

    Balances balances() {
        return new Balances(Cents.amount(savings), Cents.amount(checking), Cents.amount(retirement401k));
    }

    long of(Account account) {
        return switch (account) {
            case SAVINGS -> savings;
            case CHECKING -> checking;
            case RETIREMENT_401K -> retirement401k;
        };
    }

    Holdings plus(Account account, long cents) {
        return switch (account) {
            case SAVINGS -> new Holdings(savings + cents, checking, retirement401k);
            case CHECKING -> new Holdings(savings, checking + cents, retirement401k);
            case RETIREMENT_401K -> new Holdings(savings, checking, retirement401k + cents);
        };
    }

    long total() {
        return savings + checking + retirement401k;
    }
}
