package dev.ringshard.chaos;

import java.util.function.IntPredicate;

/**
 * Where in the order of one customer's writes an operation can have taken effect. Slot {@code 2 n} is the n-th write,
 * counted from 1; slot {@code 2 n + 1} is between it and the next, where any number of reads have room.
 */
sealed interface Place {
    int NOWHERE = -1;

    /** The first slot at or after {@code floor} that it can have; {@link #NOWHERE} if there is none. */
    int lowest(int floor);

    /** The slot that is its only one. */
    record Only(int slot) implements Place {
        @Override
        public int lowest(int floor) {
            return floor <= slot ? slot : NOWHERE;
        }
    }

    /** Any slot for reads after so many writes. */
    record After(int writes) implements Place {
        @Override
        public int lowest(int floor) {
            return Math.max(afterWrites(writes), floor | 1);
        }
    }

    /** A slot for reads after a number of writes that fits, which is at most {@code most}. */
    record Fitting(IntPredicate fits, int most) implements Place {
        @Override
        public int lowest(int floor) {
            for (int writes = writesUntil(floor); writes <= most; writes++) {
                if (fits.test(writes)) {
                    return afterWrites(writes);
                }
            }
            return NOWHERE;
        }
    }

    static int ofWrite(int number) {
        return 2 * number;
    }

    static int afterWrites(int number) {
        return 2 * number + 1;
    }

    static int writesUntil(int slot) {
        return slot / 2;
    }
}
