package dev.ringshard.reference;

import java.util.List;

/**
 * What became of an update of a reference table.
 *
 * @param version the one that was made, or the one before if the work changed no row
 * @param behind the shards that do not have it yet, such as one that is down: the next update brings them there, and so does
 *     {@code recover}
 */
public record ReferenceUpdate(long version, List<String> behind) {
    public ReferenceUpdate {
        behind = List.copyOf(behind);
    }
}
