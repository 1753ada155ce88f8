package dev.ringshard.testing;

/** A database that is only there to be copied. Safe for use by many threads. */
interface DatabaseTemplate {

    /** A database of the caller's own that holds what this one holds. */
    TestDatabase copy();
}
