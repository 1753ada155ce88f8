package dev.ringshard.chaos;

/** One way in which a history and the books contradict each other, or themselves. */
record Violation(Kind kind, String text) {

    enum Kind {
        /** The set of customers, or what one was opened with, is not what it was. */
        CUSTOMERS_DIFFER,
        /** Numbers or balances of the entries do not follow from each other, or not up to the customer's row. */
        BOOKS_DO_NOT_ADD_UP,
        /** A post was acknowledged and has no entry, or an entry should have a note and has none. */
        LOST,
        /** A post has two entries or two notes, or two of its attempts were told that they had applied it. */
        APPLIED_TWICE,
        /**
         * An entry that no attempt accounts for: nobody asked for it, or all who did were told that nothing was written. Or
         * a note of no such entry.
         */
        OUT_OF_NOWHERE,
        /** An answer with a balance or a version that there never was at that place. */
        WRONG_ANSWER,
        /** A read, or an answer that tells of earlier writes, missed what had been over before it began. */
        STALE,
        /** A write stands before one that had been over before it began. */
        REORDERED,
        /** A transfer was paid and neither arrived nor came back, or did so more than once, or both. */
        HALF_DONE,
        /** A message is on its way after everything has come to rest. */
        LEFT_BEHIND,
        /** A read over all shards returned what the customers cannot have held together while it ran. */
        WRONG_TOTAL,
        /** A note is not as it was written, or not where its customer is. */
        NOT_AS_WRITTEN,
        /** A trigger of the application's fired for what no client did, or not for what one did. */
        TRIGGERED,
        /** A client met a failure that no fault explains. */
        UNEXPECTED
    }

    @Override
    public String toString() {
        return kind + ": " + text;
    }
}
