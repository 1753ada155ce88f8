package dev.ringshard.internal.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.internal.shard.ServerLog;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    @Test
    void whatever_the_order_in_which_contradictions_are_found_the_sentences_are_the_same() {
        List<SetBack> found = List.of(
                new SetBack("eu-2", "eu-3", SetBack.Sign.OWNS_WHAT_WENT, PART.range(), 7),
                new SetBack("eu-2", "eu-1", SetBack.Sign.OWNS_WHAT_WENT, WHOLE.range(), 8),
                new SetBack("eu-1", "eu-2", SetBack.Sign.KNOWS_NOTHING, PART.range(), 9),
                new SetBack("eu-2", "eu-1", SetBack.Sign.KNOWS_NOTHING, PART.range(), 6));
        List<SetBack> reversed = new ArrayList<>(found);
        Collections.reverse(reversed);

        assertThat(SetBack.sentences(reversed))
                .isEqualTo(SetBack.sentences(found))
                .hasSize(2);
    }

    /** As if the snapshot of eu-2 were older than a mark, and that of eu-1 newer than its note of it. */
    @Test
    void a_mark_that_another_has_on_record_is_lacked_only_if_it_still_is() {
        LogMark earlier = new LogMark(1, 11);
        LogMark newer = new LogMark(2, 12);
        Map<String, ShardRanges> shards = Map.of(
                "eu-1",
                        logging(new ServerLogs(
                                log(90), List.of(), Map.of("eu-2", new NotedLog(log(60), Optional.of(newer))))),
                "eu-2", logging(new ServerLogs(log(50), List.of(earlier), Map.of())));
        ServerLogs withMark = new ServerLogs(log(70), List.of(newer, earlier), Map.of());
        ServerLogs withoutMark = new ServerLogs(log(70), List.of(earlier), Map.of());
        ServerLogs shorter = new ServerLogs(log(55), List.of(newer, earlier), Map.of());

        assertThat(SetBack.withShorterLogs(shards)).isNotEmpty();
        assertThat(SetBack.withShorterLogs(shards, Map.of("eu-2", withMark))).isEmpty();
        assertThat(SetBack.withShorterLogs(shards, Map.of("eu-2", withoutMark))).isNotEmpty();
        assertThat(SetBack.withShorterLogs(shards, Map.of("eu-2", shorter))).isNotEmpty();
        assertThat(SetBack.withShorterLogs(shards, Map.of())).isNotEmpty();
    }

    private static ServerLog log(long position) {
        return new ServerLog("one line", position);
    }

    private static ShardRanges logging(ServerLogs logs) {
        return new ShardRanges(List.of(), List.of(), List.of(), List.of(), List.of(), logs);
    }

    private static ShardRanges owning(OwnedRange owned, List<OwnedRange> arrived) {
        return new ShardRanges(List.of(owned), List.of(), arrived, List.of(), List.of(), ServerLogs.UNKNOWN);
    }
}
