package dev.ringshard.chaos;

import dev.ringshard.bank.Account;
import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.chaos.Operation.Read;
import dev.ringshard.chaos.Operation.Total;
import dev.ringshard.chaos.Operation.Transfer;
import dev.ringshard.chaos.Outcome.InTransit;
import dev.ringshard.chaos.Outcome.Refused;
import dev.ringshard.chaos.Outcome.Unknown;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What one thread of a client does next: deposits, some of them with a note and a few of these in long transactions,
 * withdrawals, transfers, reads, and now and then a read over all shards. A post whose outcome is unknown is mostly repeated until it is known, one that was refused
 * sometimes. Confined to one thread.
 */
final class RandomMix {
    private static final List<Account> ACCOUNTS = List.of(Account.values());

    private final Population population;
    private final String ids;
    private final RandomGenerator random;
    private int posts;

    /** @param ids what the operation ids begin with; no other thread's may */
    RandomMix(Population population, String ids, RandomGenerator random) {
        this.population = population;
        this.ids = ids;
        this.random = random;
    }

    Operation first() {
        int kind = random.nextInt(100);
        if (kind < 45) {
            return post(kind < 30 ? 1 : -1);
        } else if (kind < 60) {
            return transfer();
        }
        return kind < 97 ? new Read(population.anyKey(random)) : new Total();
    }

    private Operation post(int sign) {
        Account account = anyAccount();
        long cents = sign * random.nextLong(1, 1000);
        boolean isNoted = sign > 0 && random.nextInt(4) == 0;
        boolean isHeld =
                isNoted && random.nextInt(4) > 0; // so many that one is open mostly, and so short that movers come by
        Duration held = isHeld ? Duration.ofMillis(random.nextLong(1, 500)) : Duration.ZERO;
        return new Post(population.anyKey(random), account, cents, ids + "-" + posts++, isNoted, held);
    }

    /** Two in three go from one shard to another. */
    private Operation transfer() {
        String from = population.anyKey(random);
        String to = from;
        while (to.equals(from)) {
            to = population.anyKey(random);
        }
        return new Transfer(from, anyAccount(), to, anyAccount(), random.nextLong(1, 1000), ids + "-" + posts++);
    }

    private Account anyAccount() {
        return ACCOUNTS.get(random.nextInt(ACCOUNTS.size()));
    }

    /** What follows an operation that had that outcome. */
    Operation after(Operation last, Outcome outcome) {
        boolean isLost = outcome instanceof Unknown || outcome instanceof InTransit;
        boolean again = (last instanceof Post || last instanceof Transfer)
                && ((isLost && random.nextInt(10) < 9) || (outcome instanceof Refused && random.nextInt(10) < 3));
        return again ? last : first();
    }

    /** How long to leave the databases alone now: 50 ms on average, so that a small machine is busy, not drowned. */
    Duration rest() {
        return Duration.ofNanos(random.nextLong(Duration.ofMillis(100).toNanos()));
    }
}
