package dev.ringshard.chaos;

/**
 * One operation, from its call to its return.
 *
 * @param client who called
 * @param number counts the operations of that client
 * @param called a moment at or before the beginning, by {@link System#nanoTime()}; see {@link HistoryLog} on why moments
 *     of different processes can be compared
 * @param returned a moment at or after the end; {@link #NEVER} if the client died before, and of an outcome that stays
 *     unknown, because it may still take effect after its failure was reported
 */
record Invocation(String client, long number, long called, long returned, Operation operation, Outcome outcome) {
    static final long NEVER = Long.MAX_VALUE;

    boolean isUnknown() {
        return outcome instanceof Outcome.Unknown;
    }

    /** Whether this was over before the other began. What merely touches counts as overlapping. */
    boolean isBefore(Invocation other) {
        return returned < other.called;
    }

    String name() {
        return client + "/" + number + " (" + operation + " -> " + outcome + ")";
    }
}
