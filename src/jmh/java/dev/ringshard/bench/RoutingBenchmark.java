package dev.ringshard.bench;

import dev.ringshard.ring.KeyHashes;
import dev.ringshard.ring.Member;
import dev.ringshard.ring.RingStrategies;
import dev.ringshard.ring.TokenMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From a key to its shard, without a database: the hash and the look-up, on a ring of 128 virtual nodes a shard. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RoutingBenchmark {
    private static final int VIRTUAL_NODES = 128;

    @Param({"1", "16", "1000"})
    public int shards = 1;

    private final BenchKeys keys = new BenchKeys();
    private TokenMap<String> owners = TokenMap.of(List.of());

    @Setup
    public void build() {
        List<Member> members = IntStream.range(0, shards)
                .mapToObj(number -> new Member("shard-" + number, 1))
                .toList();
        owners = RingStrategies.named("vnodes").target(TokenMap.of(List.of()), KeyHashes.MD5, VIRTUAL_NODES, members);
    }

    @Benchmark
    public @Nullable String owner() {
        return owners.get(KeyHashes.MD5.token(keys.next()));
    }
}
