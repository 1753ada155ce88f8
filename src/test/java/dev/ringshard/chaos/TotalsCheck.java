package dev.ringshard.chaos;

import dev.ringshard.chaos.Outcome.Summed;
import dev.ringshard.chaos.Violation.Kind;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * Whether what a read over all shards returned is the sum of something that each customer can have held while it ran.
 * With no write under way there is one such sum; the more are under way, the more sums there are, so that a wrong one may
 * go unseen. A customer who was missed or counted twice never does: what each was opened with is more than all
 * that is under way.
 *
 * <p>Not checked, because Ringshard does not promise it: that the parts of different shards are of one instant.
 */
final class TotalsCheck {
    /** Above it, only the bounds are checked. */
    private static final int MOST_SUMS = 1 << 24;

    private final Collection<Window> customers;
    private final Consumer<Violation> report;

    TotalsCheck(Collection<Window> customers, Consumer<Violation> report) {
        this.customers = customers;
        this.report = report;
    }

    void check(Invocation total) {
        if (!(total.outcome() instanceof Summed summed)) {
            return;
        }
        if (summed.customers() != customers.size()) {
            violated("%s: there are %d customers".formatted(total.name(), customers.size()));
        }
        List<long[]> choices = customers.stream()
                .map(window -> window.totals(total.called(), total.returned()))
                .toList();
        long least = sum(choices, LongStream::min);
        long most = sum(choices, LongStream::max);
        if (summed.cents() < least || summed.cents() > most) {
            violated("%s: they held %d to %d together while it ran".formatted(total.name(), least, most));
        } else if (most - least <= MOST_SUMS && !isSum(choices, (int) (summed.cents() - least))) {
            violated("%s: no choice of what was under way adds up to that, although %d to %d do"
                    .formatted(total.name(), least, most));
        }
    }

    private interface Extreme {
        OptionalLong of(LongStream values);
    }

    private static long sum(List<long[]> choices, Extreme extreme) {
        return choices.stream()
                .mapToLong(choice -> extreme.of(LongStream.of(choice)).orElseThrow())
                .sum();
    }

    /** Whether one of each customer's choices can be taken so that they exceed their least sum by exactly so much. */
    private static boolean isSum(List<long[]> choices, int excess) {
        BigInteger sums = BigInteger.ONE; // bit n is set if the customers so far can exceed their least sum by n
        for (long[] choice : choices) {
            long least = LongStream.of(choice).min().orElseThrow();
            BigInteger with = BigInteger.ZERO;
            for (long one : choice) {
                with = with.or(sums.shiftLeft((int) (one - least)));
            }
            sums = with;
        }
        return sums.testBit(excess);
    }

    private void violated(String text) {
        report.accept(new Violation(Kind.WRONG_TOTAL, text));
    }
}
