package dev.ringshard.chaos;

import java.util.OptionalLong;

/** What a client was answered. */
sealed interface Outcome {

    /** A post was applied now. */
    record Applied(long balance) implements Outcome {}

    /** A post with this id was applied before. */
    record AlreadyApplied(long balance) implements Outcome {}

    /** A withdrawal found too little money and changed nothing. */
    record Insufficient(long balance) implements Outcome {}

    /** A transfer has taken the money, now or before, and it has not arrived, or that is not known. */
    record InTransit(long balance) implements Outcome {}

    /** A transfer could not be completed, now or before, and the money was given back. */
    record Refunded(long balance) implements Outcome {}

    /**
     * Of a part of a transfer: it was applied in this attempt or before.
     *
     * @param balance right after it; empty if the answer did not say that
     */
    record Done(OptionalLong balance) implements Outcome {}

    /** A customer as read. */
    record Seen(long version, Holdings holdings) implements Outcome {}

    /** What all customers held together. */
    record Summed(long customers, long cents) implements Outcome {}

    /** It failed, and the failure promised that nothing was written. */
    record Refused(String why) implements Outcome {}

    /** It failed, and may have been done or not; also of an operation whose client died before it was answered. */
    record Unknown(String why) implements Outcome {}

    /** An answer that no fault explains. The check fails by it. */
    record Wrong(String what) implements Outcome {}
}
