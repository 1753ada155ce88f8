package dev.ringshard.internal.ownership;

import dev.ringshard.status.BehindCopy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
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

    /**
     * The shards that hold a table and have not its newest version. Who has left, or has not joined yet, is no holder of that.
     *
     * @param tables as they are declared
     * @param shards what each of those that answer holds, by tables' schemas, a dot, and their names
     */
    public static List<BehindCopy> behind(Collection<String> tables, Map<String, Map<String, ReferenceState>> shards) {
        List<BehindCopy> behind = new ArrayList<>();
        for (String table : tables) {
            Map<String, ReferenceState> states = new TreeMap<>();
            shards.forEach((shard, all) -> states.put(shard, of(table, all)));
            ReferenceState newest = states.values().stream()
                    .max(Comparator.comparingLong(ReferenceState::version))
                    .orElse(NONE);
            states.forEach((shard, state) -> {
                if (state.version() < newest.version() && newest.holders().contains(shard)) {
                    behind.add(new BehindCopy(table, shard, state.version(), newest.version()));
                }
            });
        }
        return behind;
    }

    private static ReferenceState of(String table, Map<String, ReferenceState> all) {
        return all.entrySet().stream()
                .filter(stored ->
                        ("." + stored.getKey()).toLowerCase(Locale.ROOT).endsWith("." + table))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(NONE);
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
