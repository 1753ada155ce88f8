package dev.ringshard.ring;

import java.math.BigInteger;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Who gives and who takes how many tokens, so that every shard ends inside its {@link Band} and as few tokens as possible
 * move: as many as there are above the bands together, or as are missing below them, whichever is more. On the side with
 * more, exactly the shards outside of their bands move, to the edge; on the other side those that have room help. No
 * shard is on both sides.
 */
final class Quotas {
    private final QuotaSide giving;
    private final QuotaSide taking;
    private final boolean isLackDecisive;
    private final SortedMap<String, Quota> byShard = new TreeMap<>();

    private Quotas(BigInteger surplus, BigInteger lack) {
        this.giving = new QuotaSide(surplus.max(lack));
        this.taking = new QuotaSide(surplus.max(lack));
        this.isLackDecisive = lack.compareTo(surplus) > 0;
    }

    /** Of all shards that own something or should. */
    static Quotas of(Map<String, ShareBalance> standings) {
        Quotas quotas =
                new Quotas(sum(standings.values(), ShareBalance::surplus), sum(standings.values(), ShareBalance::lack));
        new TreeMap<>(standings).forEach(quotas::add);
        quotas.giving.concentrate();
        return quotas;
    }

    QuotaSide giving() {
        return giving;
    }

    QuotaSide taking() {
        return taking;
    }

    Quota of(String shard) {
        return Objects.requireNonNull(byShard.get(shard), "every owner has a standing");
    }

    /** From now on shards help within all of their band, not only in the middle of it. */
    void openFully() {
        byShard.values().forEach(Quota::openFully);
    }

    private void add(String shard, ShareBalance standing) {
        boolean gives = isLackDecisive
                ? standing.lack().signum() == 0
                : standing.surplus().signum() > 0;
        Quota quota = gives ? giver(shard, standing) : taker(shard, standing);
        quota.side.add(quota);
        byShard.put(shard, quota);
    }

    private Quota giver(String shard, ShareBalance standing) {
        BigInteger owed = standing.surplus();
        BigInteger open = isLackDecisive ? standing.above(standing.band().low()).max(owed) : owed;
        BigInteger most = isLackDecisive ? standing.above(standing.band().least()) : owed;
        return new Quota(shard, giving, standing.fair(), owed, open, most);
    }

    private Quota taker(String shard, ShareBalance standing) {
        BigInteger owed = standing.lack();
        BigInteger open =
                isLackDecisive ? owed : standing.below(standing.band().high()).max(owed);
        BigInteger most = isLackDecisive ? owed : standing.below(standing.band().most());
        return new Quota(shard, taking, standing.fair(), owed, open, most);
    }

    private static BigInteger sum(Collection<ShareBalance> standings, Function<ShareBalance, BigInteger> part) {
        return standings.stream().map(part).reduce(BigInteger.ZERO, BigInteger::add);
    }
}
