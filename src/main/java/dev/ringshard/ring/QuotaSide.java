package dev.ringshard.ring;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All shards that give, or all that take. For one thread.
 *
 * <p>INVARIANT: the slack, what is still to move less what they owe, is 0 or more, and together they may move at least
 * what is to move. So as long as anything is to move, a shard has a limit above 0, and one that goes up to its limit leaves
 * enough for the shards that have to move something.
 */
final class QuotaSide {
    private final List<Quota> quotas = new ArrayList<>();
    private BigInteger slack;

    /** @param toMove how many tokens they give or take together */
    QuotaSide(BigInteger toMove) {
        this.slack = toMove;
    }

    void add(Quota quota) {
        quotas.add(quota);
        useSlack(quota.owed());
    }

    BigInteger slack() {
        return slack;
    }

    void useSlack(BigInteger tokens) {
        slack = slack.subtract(tokens);
    }

    /**
     * Lets those that have to move at all move a good deal, as far as the slack goes, each in proportion to what it has to
     * spare. Otherwise they would stay at the edge of their bands, and the next change would shave another sliver off them.
     */
    void concentrate() {
        List<Quota> obliged =
                quotas.stream().filter(quota -> quota.owed().signum() > 0).toList();
        BigInteger spare = obliged.stream().map(Quota::spare).reduce(BigInteger.ZERO, BigInteger::add);
        BigInteger shared = spare.min(slack);
        if (shared.signum() > 0) {
            obliged.forEach(
                    quota -> quota.oweAlso(quota.spare().multiply(shared).divide(spare)));
        }
    }

    /** The most that any of them can give or take now. */
    BigInteger mostLimit() {
        return quotas.stream().map(Quota::limit).reduce(BigInteger.ZERO, BigInteger::max);
    }

    /** Of those that can settle so much the least cut up one; if there is none, the one that can settle most. */
    Quota bestFor(BigInteger tokens) {
        return quotas.stream()
                .filter(quota -> quota.canSettle(tokens))
                .min(Comparator.comparingDouble(Quota::crowding))
                .orElseGet(() ->
                        quotas.stream().max(Comparator.comparing(Quota::limit)).orElseThrow());
    }
}
