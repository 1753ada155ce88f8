package dev.ringshard.chaos;

import dev.ringshard.chaos.Violation.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether the operations of one customer, at the places that their answers give them, keep the order of real time: if
 * one was over before another began, it stands before it. Reads in one slot can be put in any order, so then there is a
 * sequential history with all the answers given, which is what linearizable means.
 *
 * <p>One pass by the moments of the calls. The floor of an operation is the highest slot of all that was over before it
 * began; each takes the lowest slot that it can have at or above its floor. That choice is never wrong: slots bind later
 * operations only from below. So the pass fails only if every choice does.
 */
final class RealTimeOrder {
    private final List<Placed> byCall;
    private final List<Placed> byReturn;
    private final IdentityHashMap<Placed, Integer> slots = new IdentityHashMap<>();
    private final List<Integer> floors = new ArrayList<>();
    private @Nullable Placed highest;
    private int floor = Place.afterWrites(0);

    RealTimeOrder(List<Placed> placed) {
        byCall = placed.stream().sorted(Comparator.comparingLong(Placed::from)).toList();
        byReturn =
                placed.stream().sorted(Comparator.comparingLong(Placed::until)).toList();
    }

    /** Reports what stands before something that was over before it began. */
    void check(String key, Consumer<Violation> report) {
        for (Placed next : byCall) {
            raiseFloor(next.from());
            int slot = next.place().lowest(floor);
            if (slot == Place.NOWHERE) {
                report.accept(violation(key, next));
            }
            slots.put(next, slot);
        }
        raiseFloor(Invocation.NEVER);
    }

    /** By all that was over before the moment. */
    private void raiseFloor(long moment) {
        while (floors.size() < byReturn.size() && byReturn.get(floors.size()).until() < moment) {
            Placed over = byReturn.get(floors.size());
            int slot = slots.getOrDefault(over, Place.NOWHERE);
            if (slot > floor) {
                floor = slot;
                highest = over;
            }
            floors.add(floor);
        }
    }

    private Violation violation(String key, Placed late) {
        String before = highest == null ? "nothing" : highest.invocation().name();
        return new Violation(
                late.isWrite() ? Kind.REORDERED : Kind.STALE,
                "%s: %s began after %d writes were known to be done, the last through %s"
                        .formatted(key, late.invocation().name(), Place.writesUntil(floor), before));
    }

    /** What can be said, once {@link #check} has run, of how many writes were done at a moment. */
    Window window(List<Holdings> held) {
        return new Window(byReturn, floors, byCall, held);
    }
}
