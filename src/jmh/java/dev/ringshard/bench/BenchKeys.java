package dev.ringshard.bench;

import java.util.Arrays;
import java.util.Locale;

/** Many keys one after the other, so that no branch and no cache line can be learned by heart. For one thread. */
final class BenchKeys {
    private static final int COUNT = 1 << 14;

    private final String[] keys = new String[COUNT];
    private int next;

    BenchKeys() {
        Arrays.setAll(keys, number -> String.format(Locale.ROOT, "customer-%08d", number));
    }

    String next() {
        next = (next + 1) & (COUNT - 1);
        return keys[next];
    }
}
