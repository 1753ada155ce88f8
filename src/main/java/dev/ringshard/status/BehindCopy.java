package dev.ringshard.status;

/**
 * A shard that has not the newest version of a reference table: some process has died while it carried that on, or the shard was
 * down.
 *
 * @param table as it is declared
 * @param version that it has; 0 for none
 * @param newest that some shard has
 */
public record BehindCopy(String table, String shard, long version, long newest) {

    /** What is so, and what to do. */
    public String sentence() {
        return "Reference table %s is at version %d of %d on %s; recover brings it to the newest."
                .formatted(table, version, newest, shard);
    }
}
