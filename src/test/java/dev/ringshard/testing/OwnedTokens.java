package dev.ringshard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.ring.KeyHash;
import dev.ringshard.ring.TokenRange;
import java.util.List;

/** The tokens that a shard owns, by its own tables. */
record OwnedTokens(String shard, List<TokenRange> ranges, KeyHash hash) {
    /** Fails unless the shard owns a key of a row that it holds. */
    void assertContain(String key) {
        long token = hash.token(key);
        if (ranges.stream().noneMatch(range -> range.contains(token))) {
            throw new AssertionError("A row of " + key + " is on a shard that does not own its token " + token + ".");
        }
    }

    /** As {@link #assertContain(String)}, of a row that stores its token. */
    void assertContain(String key, long stored) {
        assertThat(stored).as("ring_token of %s", key).isEqualTo(hash.token(key));
        assertContain(key);
    }
}
