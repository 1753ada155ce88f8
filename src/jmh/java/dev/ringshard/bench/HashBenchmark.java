package dev.ringshard.bench;

import dev.ringshard.ring.KeyHash;
import dev.ringshard.ring.KeyHashes;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From a key of 17 characters to its token. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HashBenchmark {
    @Param({"md5", "murmur3", "xxh3"})
    public String hash = "md5";

    private final BenchKeys keys = new BenchKeys();
    private KeyHash function = KeyHashes.MD5;

    @Setup
    public void choose() {
        function = KeyHashes.named(hash);
    }

    @Benchmark
    public long token() {
        return function.token(keys.next());
    }
}
