package dev.ringshard.outbox;

/** What became of a message. */
public enum Delivery {
    /** Its handler has taken it, now or before. */
    ACCEPTED,
    /** Its handler has refused it, and what that means was done for its sender, now or before. */
    REFUSED,
    /** Not known: it is on its way, and arrives as soon as the shards of both keys answer. */
    PENDING,
    /** Its sender has no such message: none was sent, or what became of it is done with. */
    UNKNOWN
}
