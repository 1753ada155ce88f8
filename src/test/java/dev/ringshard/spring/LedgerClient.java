package dev.ringshard.spring;

import java.util.UUID;

/** A way in which applications reach their database: each adds entries to accounts, with what it has for that. */
interface LedgerClient {
    int PARTS = 3;

    /** Adds an account without entries. */
    void open(UUID account);

    /** In one transaction: an entry, whose number the database gives; its parts, in a batch; and one more in the account's count. */
    void enter(UUID account, String text);

    /** In a transaction that only reads: how many entries the account counts; -1 if there are not so many, or not three parts of each. */
    int entries(UUID account);

    static int agreed(int counted, long entries, long parts) {
        return counted == entries && parts == entries * PARTS ? counted : -1;
    }
}
