package dev.ringshard.outbox;

import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.scatter.Gathered;
import dev.ringshard.scatter.ScatterGather;
import dev.ringshard.scatter.ShardPart;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What shards answered, and whose keys they own: to deliver to a key of a shard that does not answer costs a wait, and is left.
 *
 * @param found what each shard has, by the shard's name
 * @param isWhole whether all shards answered
 */
record AnsweringShards<T>(Map<String, List<T>> found, TokenMap<String> owners, boolean isWhole) {

    private record Part<T>(List<T> found, List<TokenRange> owned) {}

    static <T> AnsweringShards<T> look(ScatterGather scatter, ShardPart.Work<List<T>> work) {
        Gathered<Part<T>> gathered = scatter.gatherFromAvailable(part -> new Part<>(work.run(part), part.owned()));
        Map<String, List<T>> found = new LinkedHashMap<>();
        TokenMap.Builder<String> owners = TokenMap.builder();
        gathered.parts().forEach((shard, part) -> {
            found.put(shard, part.found);
            part.owned.forEach(range -> owners.put(range, shard));
        });
        return new AnsweringShards<>(found, owners.build(), gathered.isComplete());
    }

    List<T> all() {
        return found.values().stream().flatMap(List::stream).toList();
    }

    /** Which of them owns a token; empty also if it is on its way. */
    Optional<String> owner(long token) {
        return Optional.ofNullable(owners.get(token));
    }

    /** Whether the owner of a token is among those that do not answer, as far as can be told. */
    boolean isAway(long token) {
        return !isWhole && owner(token).isEmpty();
    }

    boolean hasAsMany(int as) {
        return found.values().stream().anyMatch(list -> list.size() >= as);
    }
}
