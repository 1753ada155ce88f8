package dev.ringshard.internal.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.ring.TokenRange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SetBackTest {
    private static final OwnedRange WHOLE = new OwnedRange(new TokenRange(0, 100), 7);
    private static final OwnedRange PART = new OwnedRange(new TokenRange(0, 50), 7);

    /** A claim gives the source the epoch that the target then gets. */
    @Test
    void of_two_owners_with_one_epoch_the_one_that_took_the_range_is_the_newer() {
        Map<String, ShardRanges> shards = new LinkedHashMap<>();
        shards.put("eu-1", owning(WHOLE, List.of()));
        shards.put("eu-2", owning(PART, List.of(PART)));

        assertThat(SetBack.among(shards)).singleElement().satisfies(found -> {
            assertThat(found.shard()).isEqualTo("eu-1");
            assertThat(found.other()).isEqualTo("eu-2");
        });
    }

    @Test
    void of_two_owners_the_one_with_the_older_epoch_was_set_back() {
        Map<String, ShardRanges> shards = new LinkedHashMap<>();
        shards.put("eu-1", owning(new OwnedRange(WHOLE.range(), 8), List.of()));
        shards.put("eu-2", owning(PART, List.of(PART)));

        assertThat(SetBack.among(shards)).singleElement().satisfies(found -> assertThat(found.shard())
                .isEqualTo("eu-2"));
    }

    private static ShardRanges owning(OwnedRange owned, List<OwnedRange> arrived) {
        return new ShardRanges(List.of(owned), List.of(), arrived, List.of(), List.of(), ServerLogs.UNKNOWN);
    }
}
