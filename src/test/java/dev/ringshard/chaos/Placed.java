package dev.ringshard.chaos;

/**
 * An operation that had an effect or saw one, where that can have been, and when.
 *
 * @param from not before this moment
 * @param until not after this moment
 */
record Placed(Invocation invocation, long from, long until, Place place) {

    /** Within the invocation. */
    static Placed within(Invocation invocation, Place place) {
        return new Placed(invocation, invocation.called(), invocation.returned(), place);
    }

    boolean isWrite() {
        return place instanceof Place.Only only && only.slot() % 2 == 0;
    }
}
