package dev.ringshard.scatter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.testing.HandMover;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestDatabase;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Totals while a range leaves the shard whose snapshot is late, and comes back before that snapshot is taken. */
class TotalsPostgresTest {
    private interface Step {
        void run() throws Exception;
    }

    private final RingshardConfig config = Parcels.founded(DatabaseKind.POSTGRESQL, 2);
    private final List<TestDatabase> databases =
            config.shards().stream().map(TestDatabase::of).toList();
    private final AtomicReference<Step> beforeLate = new AtomicReference<>();

    @Test
    void what_two_keys_have_together_is_right_though_one_visited_the_other() throws Exception {
        RingshardConfig slow = config.withShard(ShardConfig.postgresql("eu-2", late(databases.get(1))));
        try (Ringshard shop = Ringshard.open(config);
                Ringshard reading = Ringshard.open(slow)) {
            String stays = parcelOn(shop, "eu-1");
            String visits = parcelOn(shop, "eu-2");
            assertThat(total(reading)).isEqualByComparingTo("200.00");
            for (int i = 0; i < 2; i++) {
                beforeLate.set(() -> {
                    move(shop, visits, 1, 0);
                    shop.router().transaction(List.of(stays, visits), transaction -> {
                        transaction
                                .dsl()
                                .execute("UPDATE parcels SET postage = postage - 10 WHERE parcel_key = ?", stays);
                        return transaction
                                .dsl()
                                .execute("UPDATE parcels SET postage = postage + 10 WHERE parcel_key = ?", visits);
                    });
                    move(shop, visits, 0, 1);
                });

                try (Snapshots snapshots = reading.scatter().snapshots()) {
                    assertThat(sum(snapshots.gather(TotalsPostgresTest::postage)))
                            .isEqualByComparingTo("200.00");
                }
                assertThat(beforeLate.get()).isNull();
            }
        }
    }

    private void move(Ringshard shop, String key, int from, int to) throws SQLException {
        long token = shop.router().token(key);
        long first = databases
                .get(from)
                .number("SELECT first_token FROM ringshard.owned_range WHERE " + token
                        + " BETWEEN first_token AND last_token");
        try (HandMover mover = new HandMover(
                databases.get(from), databases.get(to), "eu-" + (to + 1), config.shardedTables(), first)) {
            mover.move();
        }
    }

    private static String parcelOn(Ringshard shop, String shard) {
        String key = IntStream.range(0, 1000)
                .mapToObj(i -> "p-" + i)
                .filter(candidate -> shop.router().locate(candidate).shard().equals(shard))
                .findFirst()
                .orElseThrow();
        new Parcels(shop).create(Parcel.of(key, "100.00"));
        return key;
    }

    private static BigDecimal total(Ringshard shop) {
        return sum(shop.scatter().gather(TotalsPostgresTest::postage));
    }

    private static BigDecimal postage(ShardPart part) {
        return part.dsl()
                .fetchSingle("SELECT coalesce(sum(postage), 0) FROM parcels WHERE ringshard.is_owned(ring_token)")
                .get(0, BigDecimal.class);
    }

    private static BigDecimal sum(Gathered<BigDecimal> parts) {
        return parts.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** Does the step once, before it gives the next connection. */
    private DataSource late(TestDatabase database) {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getConnection")) {
                        Step step = beforeLate.getAndSet(null);
                        if (step != null) {
                            step.run();
                        }
                        return database.connect();
                    }
                    return switch (method.getName()) {
                        case "equals" -> arguments != null && proxy == arguments[0];
                        case "hashCode" -> System.identityHashCode(proxy);
                        case "isWrapperFor" -> false;
                        default -> null;
                    };
                });
    }
}
