package dev.ringshard.internal.ownership;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What a shard holds of a reference table. Immutable.
 *
 * @param version 0 before the first
 * @param home the shard that makes the next version
 * @param holders the shards that hold the table, in the order of their names
 * @param digest of all rows of that version
 * @param isAhead whether rows that the next version deletes have been deleted here already
 */
public record ReferenceState(long version, String home, List<String> holders, String digest, boolean isAhead) {
    /** Of a table that was put under the fence, and has no version yet. */
    public static final ReferenceState NONE = new ReferenceState(0, "", List.of(), "", false);

    public ReferenceState {
        holders = List.copyOf(new TreeSet<>(holders));
    }

    /** The next version, with other rows. */
    public ReferenceState withRows(String ofRows) {
        return new ReferenceState(version + 1, home, holders, ofRows, false);
    }

    /** The next version, which is the last that this home makes. */
    public ReferenceState withHome(String next) {
        return new ReferenceState(version + 1, next, holders, digest, false);
    }

    /** The next version, which another shard holds, too. */
    public ReferenceState with(String holder) {
        List<String> more = new ArrayList<>(holders);
        more.add(holder);
        return new ReferenceState(version + 1, home, more, digest, false);
    }

    /** The next version, which a shard does not hold any more. */
    public ReferenceState without(String holder) {
        List<String> fewer = new ArrayList<>(holders);
        fewer.remove(holder);
        return new ReferenceState(version + 1, home, fewer, digest, false);
    }

    /** The same version, ahead or not. */
    public ReferenceState ahead(boolean is) {
        return new ReferenceState(version, home, holders, digest, is);
    }
}
