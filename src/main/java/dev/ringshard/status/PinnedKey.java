package dev.ringshard.status;

import java.util.Optional;

/**
 * A key that must live on a named shard, whatever the ring says.
 *
 * @param key as the cluster writes it
 * @param shard where it must live
 * @param owner who owns it now; empty if that is not known, because a shard does not answer
 */
public record PinnedKey(String key, String shard, Optional<String> owner) {

    /** Whether it lives where it must. */
    public boolean isOnItsShard() {
        return owner.filter(shard::equals).isPresent();
    }

    /** Where it is, in words. */
    public String where() {
        return isOnItsShard() ? "there" : owner.map(other -> "on " + other).orElse("not known");
    }
}
