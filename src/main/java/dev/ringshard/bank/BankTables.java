package dev.ringshard.bank;

import dev.ringshard.config.BankConfig;

/**
 * The names of the bank's tables in SQL, each with its schema if the bank has one of its own. Columns are named without it:
 * {@code customers.savings} is found in any schema. Immutable.
 */
record BankTables(String customers, String entries, String clearing) {

    static BankTables of(BankConfig bank) {
        return new BankTables(
                bank.customers().name(),
                bank.accountEntries().name(),
                bank.clearing().name());
    }
}
