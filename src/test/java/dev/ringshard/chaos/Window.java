package dev.ringshard.chaos;

import java.util.List;

/**
 * How many writes of one customer can have been done while a read over all shards ran: at least those that were known
 * before it began, at most those that nothing excludes which began after it ended.
 */
final class Window {
    private final long[] returns;
    private final int[] floors;
    private final long[] calls;
    private final int[] ceilings;
    private final List<Holdings> held;

    /**
     * @param byReturn the first so many of which have a floor: the rest never returned
     * @param held what the customer held after each number of writes, from 0
     */
    Window(List<Placed> byReturn, List<Integer> floors, List<Placed> byCall, List<Holdings> held) {
        this.returns =
                byReturn.stream().limit(floors.size()).mapToLong(Placed::until).toArray();
        this.floors = floors.stream().mapToInt(Integer::intValue).toArray();
        this.calls = byCall.stream().mapToLong(Placed::from).toArray();
        this.ceilings = new int[calls.length];
        this.held = held;
        int ceiling = Integer.MAX_VALUE;
        for (int i = calls.length - 1; i >= 0; i--) {
            if (byCall.get(i).place() instanceof Place.Only only) {
                ceiling = Math.min(ceiling, only.slot());
            }
            ceilings[i] = ceiling;
        }
    }

    /** What the customer can have held, all accounts together, at some moment of the interval; without duplicates. */
    long[] totals(long called, long returned) {
        int least = Math.min(least(called), held.size() - 1);
        int most = Math.max(least, most(returned));
        return held.subList(least, most + 1).stream()
                .mapToLong(Holdings::total)
                .distinct()
                .toArray();
    }

    private int least(long called) {
        int over = firstNotBefore(returns, called);
        return over == 0 ? 0 : Place.writesUntil(floors[over - 1]);
    }

    private int most(long returned) {
        int later = firstNotBefore(calls, returned + 1);
        boolean unbounded = later == calls.length || ceilings[later] == Integer.MAX_VALUE;
        return unbounded ? held.size() - 1 : Place.writesUntil(ceilings[later] - 1);
    }

    /** The index of the first moment that is not before the one given. */
    private static int firstNotBefore(long[] ascending, long moment) {
        int low = 0;
        int high = ascending.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ascending[middle] < moment) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
