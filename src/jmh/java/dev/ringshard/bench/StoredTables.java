package dev.ringshard.bench;

import dev.ringshard.config.BankConfig;

/** The names of the bank's tables in SQL, with their schema if they have one of their own. */
record StoredTables(String customers, String entries) {

    static StoredTables of(BankConfig bank) {
        return new StoredTables(bank.customers().name(), bank.accountEntries().name());
    }
}
