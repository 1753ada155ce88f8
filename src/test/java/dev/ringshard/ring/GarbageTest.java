package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What each routed call goes through makes no garbage, as the JVM itself counts it. It does not show how long a call
 * takes, nor what the compiler would have to spare on a call site that it knows less well.
 */
class GarbageTest {
    private static final int CALLS = 20_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final List<String> KEYS = IntStream.range(0, 256)
            .mapToObj(i -> (i % 4 == 0 ? "顧客-ключ-🏦-" : "customer-key-") + i)
            .toList();

    @Test
    void hashing_a_key_with_md5_makes_no_garbage() {
        assertNoGarbage(() -> sumOfTokens(KeyHashes.MD5));
    }

    @Test
    void hashing_a_key_with_xxh3_makes_no_garbage() {
        assertNoGarbage(() -> sumOfTokens(KeyHashes.XXH3));
    }

    @Test
    void looking_up_a_token_makes_no_garbage() {
        List<Member> members =
                IntStream.range(0, 16).mapToObj(i -> new Member("s" + i, 1)).toList();
        TokenMap<String> assignment = new Ring(KeyHashes.MD5, 128, members).assignment();
        assertNoGarbage(() -> {
            long sum = 0;
            for (int i = 0; i < CALLS; i++) {
                long token = i * 0x9E3779B97F4A7C15L;
                String shard = assignment.get(token);
                TokenRange range = assignment.rangeOf(token);
                sum += shard == null || range == null ? 0 : shard.length() + range.first();
            }
            return sum;
        });
    }

    private static long sumOfTokens(KeyHash hash) {
        long sum = 0;
        for (int i = 0; i < CALLS; i++) {
            sum += hash.token(KEYS.get(i & 255));
        }
        return sum;
    }

    /** Less than one byte a call: the first rounds load classes and fill the thread's buffers, the last one counts. */
    private static void assertNoGarbage(LongSupplier calls) {
        long sum = calls.getAsLong();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        long same = calls.getAsLong();
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertThat(same).isEqualTo(sum);
        assertThat(bytes).as("bytes allocated by %d calls", CALLS).isLessThan(CALLS);
    }
}
