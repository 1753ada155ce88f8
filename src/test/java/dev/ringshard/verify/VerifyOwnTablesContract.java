package dev.ringshard.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.testing.ShopCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tables of an application's own, without the bank and without a stored token, damaged by hand in each way that a
 * verification must find.
 */
abstract class VerifyOwnTablesContract {
    private static final int CUSTOMERS = 20;

    final ShopCluster shop;
    private final int number;
    final String key;
    final long token;

    VerifyOwnTablesContract() throws SQLException {
        shop = ShopCluster.withNumbers(kind(), 3);
        number = shop.numberOn("eu-1", 1);
        key = shop.key(number);
        token = shop.token(key);
    }

    abstract DatabaseKind kind();

    @BeforeEach
    void create() throws SQLException {
        for (int i = 1; i <= CUSTOMERS; i++) {
            shop.create(i);
        }
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void a_sound_shop_is_ok_and_counted_by_its_tables() {
        Verification found = shop.ringshard().verify();

        assertSoundButFor(found);
        assertThat(found.extent().owned())
                .containsExactly(
                        Map.entry("customers", (long) CUSTOMERS),
                        Map.entry("orders", (long) CUSTOMERS),
                        Map.entry("order_lines", 2L * CUSTOMERS),
                        Map.entry("parcels", 2L * CUSTOMERS));
        assertThat(found.extent().rows()).isEqualTo(6L * CUSTOMERS);
        assertThat(found.audits()).isEmpty();
    }

    @Test
    void a_row_that_is_where_its_key_does_not_live_is_misplaced_and_its_key_is_on_two_shards() throws SQLException {
        shop.customer("eu-2", number);

        assertSoundButFor(
                shop.ringshard().verify(),
                found(new MisplacedRow("eu-2", "customers", Optional.of(key), token, Optional.of("eu-1"))),
                found(new SharedKey(key, List.of("eu-1", "eu-2"))));
    }

    @Test
    void a_key_is_on_two_shards_whichever_of_its_tables_has_rows_there() throws SQLException {
        shop.pastTheFence("eu-3", "INSERT INTO parcels (id, customer_id) VALUES (77, %s)".formatted(key));

        assertSoundButFor(
                shop.ringshard().verify(),
                found(new MisplacedRow("eu-3", "parcels", Optional.of(key), token, Optional.of("eu-1"))),
                found(new SharedKey(key, List.of("eu-1", "eu-3"))));
    }

    @Test
    void a_row_that_refers_to_a_row_of_another_key_is_found() throws SQLException {
        int other = shop.numberOn("eu-1", number + 1);
        if (other > CUSTOMERS) {
            shop.create(other);
        }
        shop.pastTheFence(
                "eu-1",
                "UPDATE order_lines SET customer_id = %s WHERE order_id = %d AND number = 2"
                        .formatted(shop.key(other), number));

        assertSoundButFor(
                shop.ringshard().verify(),
                found(new BrokenForeignKey(
                        "eu-1",
                        "order_lines",
                        "order_lines_order",
                        "orders",
                        Optional.of(shop.key(other)),
                        shop.token(shop.key(other)),
                        OptionalLong.of(token))));
    }

    @Test
    void a_row_that_refers_to_nothing_is_found_by_all_columns_of_its_foreign_key() throws SQLException {
        withoutForeignKeys("eu-1", "UPDATE parcels SET number = 99 WHERE order_id = %d".formatted(number));

        assertSoundButFor(
                shop.ringshard().verify(),
                found(new BrokenForeignKey(
                        "eu-1",
                        "parcels",
                        "parcels_line",
                        "order_lines",
                        Optional.of(key),
                        token,
                        OptionalLong.empty())));
    }

    private void withoutForeignKeys(String shard, String statement) throws SQLException {
        try (Connection connection = shop.database(shard).connect();
                Statement damage = connection.createStatement()) {
            boolean isPostgres = kind() == DatabaseKind.POSTGRESQL;
            damage.execute(isPostgres ? "SET session_replication_role = 'replica'" : "SET REFERENTIAL_INTEGRITY FALSE");
            damage.execute(isPostgres ? "SET ringshard.mover = 'on'" : "SET @ringshard_mover = 'on'");
            damage.execute(statement);
            if (!isPostgres) {
                damage.execute("SET REFERENTIAL_INTEGRITY TRUE");
            }
        }
    }

    @Test
    void rows_that_nobody_owns_here_are_left_out_of_references_and_of_keys() throws SQLException {
        shop.pastTheFence(
                "eu-2",
                "INSERT INTO ringshard.incoming_range (first_token, last_token, epoch, source, row_count, digest)"
                        + " VALUES (%1$d, %1$d, 9, 'eu-1', 2, '-')".formatted(token));
        shop.customer("eu-2", number);
        shop.order("eu-2", number, number);
        withoutForeignKeys("eu-2", "DELETE FROM orders WHERE id = %d".formatted(number));

        Verification found = shop.ringshard().verify();

        assertSoundButFor(found);
        assertThat(found.leftovers()).containsOnlyKeys("eu-2");
    }

    @Test
    void keys_that_are_uuids_are_told_as_ringshard_writes_them() throws SQLException {
        try (ShopCluster uuids = ShopCluster.withUuids(kind(), 2)) {
            for (int i = 1; i <= CUSTOMERS; i++) {
                uuids.create(i);
            }
            assertSoundButFor(uuids.ringshard().verify());
            int first = uuids.numberOn("eu-1", 1);
            String uuid = uuids.key(first);
            uuids.customer("eu-2", first);

            assertSoundButFor(
                    uuids.ringshard().verify(),
                    found(new MisplacedRow(
                            "eu-2", "customers", Optional.of(uuid), uuids.token(uuid), Optional.of("eu-1"))),
                    found(new SharedKey(uuid, List.of("eu-1", "eu-2"))));
        }
    }

    @Test
    void a_rebalance_raises_no_false_alarm() throws Exception {
        ShardConfig joining = shop.shard("eu-4");
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (Ringshard verifying = Ringshard.open(shop.config().withShard(joining))) {
            Future<?> rebalancing = executor.submit(() -> {
                shop.ringshard().addShard(joining);
                shop.ringshard().removeShard("eu-4");
            });
            do {
                Verification found = verifying.verify();
                assertSoundButFor(found);
                assertThat(found.extent().owned()).containsEntry("order_lines", 2L * CUSTOMERS);
            } while (!rebalancing.isDone());
            rebalancing.get(30, TimeUnit.SECONDS);
            assertThat(verifying.verify().isOk()).isTrue();
        } finally {
            executor.shutdownNow();
        }
    }

    static void assertSoundButFor(Verification found, Occurrences<?>... expected) {
        List<Occurrences<?>> all = List.of(
                found.ring().uncovered(),
                found.ring().doublyOwned(),
                found.rows().misplaced(),
                found.rows().wrongTokens(),
                found.rows().duplicated(),
                found.rows().brokenForeignKeys());
        assertThat(all.stream().filter(one -> !one.isNone())).containsExactly(expected);
        assertThat(found.isSound()).isEqualTo(expected.length == 0);
    }

    static <T> Occurrences<T> found(T only) {
        return new Occurrences<>(1, List.of(only));
    }
}
