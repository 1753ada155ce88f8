package dev.ringshard.internal.ownership;

/** How far a shard has come into its cluster. */
public enum MembershipState {
    /** It knows the founding, and has not been given its first ranges. */
    FOUNDING,
    /** It takes part. */
    MEMBER
}
