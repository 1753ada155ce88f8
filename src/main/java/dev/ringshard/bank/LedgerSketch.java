package dev.ringshard.bank;

import dev.ringshard.ring.TokenRange;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Finds out in constant memory, from balances and entries in any order, where on the ring balances differ from the sum
 * of their entries.
 *
 * <p>The ring is cut into slices of equal length. For each slice and account there is one sum, modulo 2^64: each balance
 * in cents, times the weight of its key, less each entry times the same weight. Where all agree, it ends at zero. One
 * customer who does not agree never leaves it at zero: weights are odd, and so have an inverse. Several in one slice
 * could cancel out; their weights are as good as random, so the chance of it is about one in 2^60.
 *
 * <p>A row counts in the slice of the token that is stored with it. For one thread.
 */
final class LedgerSketch {
    private static final int SLICE_BITS = 16;
    private static final int SHIFT = Long.SIZE - SLICE_BITS;
    private static final int SLICES = 1 << SLICE_BITS;

    private final BitSet suspected = new BitSet(SLICES);
    private final Map<Account, long[]> sums = new EnumMap<>(Account.class);

    LedgerSketch() {
        for (Account account : Account.values()) {
            sums.put(account, new long[SLICES]);
        }
    }

    void balance(String key, long token, Account account, BigDecimal balance) {
        of(account)[slice(token)] += weight(key) * cents(balance);
    }

    void entry(String key, long token, Account account, BigDecimal amount) {
        of(account)[slice(token)] -= weight(key) * cents(amount);
    }

    /** Something that is no amount, and cannot be summed. */
    void suspect(long token) {
        suspected.set(slice(token));
    }

    /** The slices in which something differs, in ascending order. */
    List<TokenRange> suspects() {
        List<TokenRange> suspects = new ArrayList<>();
        for (int slice = 0; slice < SLICES; slice++) {
            if (differs(slice)) {
                long first = ((long) slice << SHIFT) ^ Long.MIN_VALUE;
                suspects.add(new TokenRange(first, first + (1L << SHIFT) - 1));
            }
        }
        return suspects;
    }

    private boolean differs(int slice) {
        if (suspected.get(slice)) {
            return true;
        }
        for (long[] ofAccount : sums.values()) {
            if (ofAccount[slice] != 0) {
                return true;
            }
        }
        return false;
    }

    private long[] of(Account account) {
        return Objects.requireNonNull(sums.get(account));
    }

    /** Slices are numbered in the order of the ring, which begins at the smallest signed number. */
    private static int slice(long token) {
        return (int) ((token ^ Long.MIN_VALUE) >>> SHIFT);
    }

    /**
     * Odd. Of the key and not of its token, which two keys may share: its characters as the digits of a number, mixed by
     * the finaliser of D. Stafford (variant 13) as it stands in java.util.SplittableRandom.
     */
    private static long weight(String key) {
        long digits = 0;
        for (int i = 0; i < key.length(); i++) {
            digits = digits * 0x9e3779b97f4a7c15L + key.charAt(i) + 1;
        }
        long mixed = (digits ^ (digits >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return (mixed ^ (mixed >>> 31)) | 1;
    }

    /** The lowest 64 bits, which is all that counts modulo 2^64. */
    private static long cents(BigDecimal amount) {
        return amount.setScale(Money.SCALE).unscaledValue().longValue();
    }
}
