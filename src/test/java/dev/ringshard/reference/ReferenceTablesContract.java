package dev.ringshard.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.copies.ReferenceStep;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.status.BehindCopy;
import dev.ringshard.status.InitOutcome;
import dev.ringshard.verify.ReferenceCopy;
import dev.ringshard.verify.Verification;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that every shard has whole: changed in one place, and the same everywhere, whoever dies. */
abstract class ReferenceTablesContract {
    private static final String SPAIN = "INSERT INTO countries (code, name, currency) VALUES ('ES', 'Spain', 'EUR')";

    private final ReferencedShop shop;

    ReferenceTablesContract() throws SQLException {
        this.shop = ReferencedShop.of(kind(), 3);
    }

    abstract DatabaseKind kind();

    @AfterEach
    void close() {
        shop.close();
    }

    private void assertAllHave(String... countries) throws SQLException {
        for (ShardConfig shard : shop.config().shards()) {
            assertThat(shop.countriesOn(shard.name())).as(shard.name()).containsExactlyInAnyOrder(countries);
        }
    }

    @Test
    void what_the_first_shard_has_is_on_all_shards_after_init() throws SQLException {
        assertAllHave("FR France 68", "JP Japan 124");
        assertThat(shop.countries().versions()).isEqualTo(Map.of("eu-1", 1L, "eu-2", 1L, "eu-3", 1L));
        assertThat(shop.countries().home()).isEqualTo("eu-1");
    }

    @Test
    void an_update_is_on_all_shards_once_it_returns() throws SQLException {
        ReferenceUpdate update = shop.countries().update(tx -> {
            tx.dsl().execute(SPAIN);
            tx.dsl().execute("UPDATE countries SET population = 69 WHERE code = 'FR'");
            tx.dsl().execute("DELETE FROM countries WHERE code = 'JP'");
        });

        assertThat(update).isEqualTo(new ReferenceUpdate(2, List.of()));
        assertThat(shop.countries().versions()).isEqualTo(Map.of("eu-1", 2L, "eu-2", 2L, "eu-3", 2L));
        assertAllHave("FR France 69", "ES Spain 0");
    }

    @Test
    void work_that_changes_nothing_makes_no_version_and_work_that_fails_changes_nothing() throws SQLException {
        assertThat(shop.countries()
                        .update(tx -> tx.dsl().execute("UPDATE countries SET name = 'France' WHERE code = 'FR'")))
                .isEqualTo(new ReferenceUpdate(1, List.of()));
        assertThatThrownBy(() -> shop.countries().update(tx -> {
                    tx.dsl().execute(SPAIN);
                    throw new IllegalStateException("no");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertAllHave("FR France 68", "JP Japan 124");
    }

    /** Two rows take each other's unique value by way of a third one. */
    @Test
    void unique_values_may_go_from_one_row_to_another() throws SQLException {
        shop.countries().update(tx -> {
            tx.dsl().execute("UPDATE countries SET name = 'Nippon' WHERE code = 'JP'");
            tx.dsl().execute("UPDATE countries SET name = 'Japan' WHERE code = 'FR'");
        });

        assertAllHave("FR Japan 68", "JP Nippon 124");
    }

    @Test
    void one_that_is_declared_no_more_refuses_writes_until_it_is_released() throws SQLException {
        RingshardConfig without = ReferencedShop.builder(shop.config().shards())
                .referenceTable("currencies")
                .build();
        assertThatThrownBy(() -> Ringshard.init(without))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("public.countries is a reference table of the cluster and is not named")
                .hasMessageContaining("run init with --release public.countries");
        assertThatThrownBy(() -> Ringshard.release(shop.config(), "countries", waiting -> {}))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("countries is in tables.reference: take it out there first");

        assertThat(Ringshard.release(without, "countries", waiting -> {})).containsExactly("eu-1", "eu-2", "eu-3");

        assertThat(Ringshard.init(without)).isEqualTo(new InitOutcome(0, List.of(), List.of()));
        shop.execute("eu-2", List.of(SPAIN));
        assertThat(shop.countriesOn("eu-2")).containsExactly("ES Spain 0", "FR France 68", "JP Japan 124");
        assertThatThrownBy(() -> shop.execute("eu-2", List.of("UPDATE currencies SET digits = 3")))
                .as("another one is as before")
                .hasMessageContaining("the reference table currencies is refused");
        try (Ringshard cluster = Ringshard.open(without)) {
            assertThat(cluster.status().problem()).isEmpty();
        }
        assertThat(Ringshard.release(without, "countries", waiting -> {})).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO countries (code, name) VALUES ('ES', 'Spain')",
                "UPDATE countries SET name = 'Gaul' WHERE code = 'FR'",
                "DELETE FROM countries WHERE code = 'JP'"
            })
    void writes_past_ringshard_are_refused_on_every_shard(String sql) throws SQLException {
        for (String shard : List.of("eu-1", "eu-3")) {
            assertThatThrownBy(() -> shop.execute(shard, List.of(sql)))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining(
                            "the reference table countries is refused: every shard has the same rows of it")
                    .hasMessageContaining(
                            "Nothing was written. Write to it by ringshard.reference(\"countries\").update(...)");
        }
        assertAllHave("FR France 68", "JP Japan 124");
    }

    @Test
    void one_update_writes_to_no_other_reference_table() {
        assertThatThrownBy(() -> shop.countries().update(tx -> tx.dsl().execute("DELETE FROM currencies")))
                .hasMessageContaining("the reference table currencies is refused");
        assertThatThrownBy(() -> shop.ringshard().reference("orders"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(
                        "orders is not among the reference tables of cluster shop: currencies, countries");
    }

    @Test
    void rows_that_refer_to_it_keep_what_they_refer_to() throws SQLException {
        for (String shard : List.of("eu-1", "eu-2", "eu-3")) {
            shop.order(shop.customerOn(shard), 1, "FR");
        }

        shop.countries().update(tx -> tx.dsl().execute("UPDATE countries SET name = 'Gaul' WHERE code = 'FR'"));

        assertAllHave("FR Gaul 68", "JP Japan 124");
        assertThat(shop.ringshard().verify().isOk()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"eu-1", "eu-2", "eu-3"})
    void what_a_row_of_any_shard_refers_to_is_not_deleted_on_any(String shard) throws SQLException {
        shop.order(shop.customerOn(shard), 1, "JP");

        assertThatThrownBy(() -> shop.countries().update(tx -> {
                    tx.dsl().execute(SPAIN);
                    tx.dsl().execute("DELETE FROM countries WHERE code = 'JP'");
                }))
                .message()
                .containsIgnoringCase("orders_country");

        assertAllHave("FR France 68", "JP Japan 124");
        assertThat(shop.countries().versions()).isEqualTo(Map.of("eu-1", 1L, "eu-2", 1L, "eu-3", 1L));
        shop.order(shop.customerOn("eu-2"), 2, "JP");
        assertThat(shop.ringshard().verify().isOk()).isTrue();
    }

    @Test
    void it_may_refer_to_another_one() throws SQLException {
        shop.ringshard().reference("currencies").update(tx -> tx.dsl()
                .execute("INSERT INTO currencies (code, digits) VALUES ('SEK', 2)"));
        shop.countries().update(tx -> tx.dsl()
                .execute("INSERT INTO countries (code, name, currency) VALUES ('SE', 'Sweden', 'SEK')"));

        assertAllHave("FR France 68", "JP Japan 124", "SE Sweden 0");
        assertThatThrownBy(() -> shop.ringshard().reference("currencies").update(tx -> tx.dsl()
                        .execute("DELETE FROM currencies WHERE code = 'SEK'")))
                .isInstanceOf(RuntimeException.class);
        assertThat(shop.texts("eu-3", "SELECT code FROM currencies")).containsExactly("EUR", "JPY", "SEK");
    }

    private static final class Died extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** Dies the second time that a step comes, so that some shards have done it and others not. */
    private static Consumer<ReferenceStep> deathBefore(ReferenceStep step, int time) {
        int[] left = {time};
        return next -> {
            if (next == step && --left[0] == 0) {
                throw new Died();
            }
        };
    }

    @Test
    void who_dies_between_the_commit_and_the_second_shard_is_finished_by_recover() throws SQLException {
        try (Shards own = Shards.open(shop.config().shards())) {
            ReferenceTable dying = shop.countries(own, deathBefore(ReferenceStep.CARRY, 2));
            assertThatThrownBy(() -> dying.update(tx -> tx.dsl().execute(SPAIN)))
                    .isInstanceOf(Died.class);
        }
        assertThat(shop.countries().versions()).isEqualTo(Map.of("eu-1", 2L, "eu-2", 2L, "eu-3", 1L));
        assertThat(shop.countriesOn("eu-3")).containsExactly("FR France 68", "JP Japan 124");
        Verification found = shop.ringshard().verify();
        assertThat(found.reference().behind().examples()).containsExactly(new ReferenceCopy("eu-3", "countries", 1));
        assertThat(shop.ringshard().status().behind()).containsExactly(new BehindCopy("countries", "eu-3", 1, 2));
        assertThat(found.isSound()).isTrue();
        assertThat(found.isOk()).isFalse();

        assertThat(shop.ringshard().recover().behind()).isZero();

        assertAllHave("FR France 68", "JP Japan 124", "ES Spain 0");
        assertThat(shop.ringshard().status().behind()).isEmpty();
        assertThat(shop.ringshard().verify().isOk()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = ReferenceStep.class,
            names = {"RETIRE", "PUBLISH"})
    void who_dies_before_a_deletion_is_committed_has_deleted_nothing_once_recover_has_run(ReferenceStep step)
            throws SQLException {
        try (Shards own = Shards.open(shop.config().shards())) {
            ReferenceTable dying = shop.countries(own, deathBefore(step, step == ReferenceStep.RETIRE ? 2 : 1));
            assertThatThrownBy(() -> dying.update(tx -> tx.dsl().execute("DELETE FROM countries WHERE code = 'JP'")))
                    .isInstanceOf(Died.class);
        }
        assertThat(shop.countriesOn("eu-2")).containsExactly("FR France 68");

        assertThat(shop.ringshard().recover().behind()).isZero();

        assertAllHave("FR France 68", "JP Japan 124");
        assertThat(shop.countries().versions()).isEqualTo(Map.of("eu-1", 1L, "eu-2", 1L, "eu-3", 1L));
    }

    @Test
    void verify_names_the_shard_whose_rows_somebody_changed_past_ringshard() throws SQLException {
        shop.pastTheFence("eu-2", "countries", "UPDATE countries SET population = 1 WHERE code = 'FR'");

        Verification found = shop.ringshard().verify();

        assertThat(found.reference().differing().examples()).containsExactly(new ReferenceCopy("eu-2", "countries", 1));
        assertThat(found.reference().behind().isNone()).isTrue();
        assertThat(found.isDamaged()).isTrue();
    }

    @Test
    void whose_rows_somebody_changed_past_ringshard_makes_no_version_of_them() throws SQLException {
        shop.pastTheFence("eu-1", "countries", "UPDATE countries SET population = 1 WHERE code = 'FR'");

        assertThatThrownBy(() -> shop.countries().update(tx -> tx.dsl().execute(SPAIN)))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("countries on shard eu-1 does not hold what its version 1 holds");
        assertThat(shop.countriesOn("eu-2")).containsExactly("FR France 68", "JP Japan 124");
    }

    @Test
    void the_next_update_brings_along_what_the_last_one_left() throws SQLException {
        try (Shards own = Shards.open(shop.config().shards())) {
            ReferenceTable dying = shop.countries(own, deathBefore(ReferenceStep.CARRY, 1));
            assertThatThrownBy(() -> dying.update(tx -> tx.dsl().execute(SPAIN)))
                    .isInstanceOf(Died.class);
        }

        shop.countries().update(tx -> tx.dsl().execute("DELETE FROM countries WHERE code = 'JP'"));

        assertAllHave("FR France 68", "ES Spain 0");
        assertThat(shop.countries().versions()).isEqualTo(Map.of("eu-1", 3L, "eu-2", 3L, "eu-3", 3L));
    }

    @Test
    void updates_at_once_see_each_other() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try (Ringshard other = Ringshard.open(shop.config())) {
            List<Callable<ReferenceUpdate>> updates = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                ReferenceTable table = i % 2 == 0 ? shop.countries() : other.reference("countries");
                updates.add(
                        () -> table.update(tx -> tx.dsl().execute("UPDATE countries SET population = population + 1")));
            }
            for (Future<ReferenceUpdate> update : threads.invokeAll(updates)) {
                assertThat(update.get().version()).isBetween(2L, 13L);
            }
        } finally {
            threads.shutdownNow();
        }
        shop.ringshard().recover();
        assertAllHave("FR France 80", "JP Japan 136");
        assertThat(shop.countries().version()).isEqualTo(13);
    }

    @Test
    void a_shard_that_joins_has_the_rows_before_rows_come_that_refer_to_them() throws SQLException {
        for (long customer = 1; customer <= 60; customer++) {
            shop.order(customer, 1, customer % 2 == 0 ? "FR" : "JP");
        }
        ShardConfig newcomer = shop.shard("eu-4");
        shop.execute("eu-4", List.of("INSERT INTO countries (code, name) VALUES ('XX', 'Nowhere')"));

        shop.ringshard().addShard(newcomer);

        assertThat(shop.countriesOn("eu-4")).containsExactly("FR France 68", "JP Japan 124");
        assertThat(shop.texts("eu-4", "SELECT customer FROM orders")).isNotEmpty();
        assertThat(shop.ringshard().verify().isOk()).isTrue();
        assertThat(shop.countries().update(tx -> tx.dsl().execute(SPAIN)).behind())
                .isEmpty();
        assertThat(shop.countriesOn("eu-4")).contains("ES Spain 0");
    }

    @Test
    void updates_go_on_while_a_shard_joins_and_reach_it() throws Exception {
        for (long customer = 1; customer <= 60; customer++) {
            shop.order(customer, 1, "FR");
        }
        ShardConfig newcomer = shop.shard("eu-4");
        AtomicBoolean hasJoined = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(2);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> updates = threads.submit(() -> {
                int done = 0;
                while (!hasJoined.get()) {
                    try {
                        shop.countries()
                                .update(tx -> tx.dsl().execute("UPDATE countries SET population = population + 1"));
                        done++;
                    } catch (
                            ForeignShardException
                                    unknown) { // where this reading of the configuration is older than the join
                        assertThat(unknown).hasMessageContaining("eu-4, which is not configured here");
                    }
                    begun.countDown();
                }
                return done;
            });
            begun.await();
            shop.ringshard().addShard(newcomer);
            hasJoined.set(true);
            int done = updates.get();

            assertThat(done).isPositive();
            shop.ringshard().recover();
            assertAllHave("FR France %d".formatted(68 + done), "JP Japan %d".formatted(124 + done));
            assertThat(shop.countriesOn("eu-4")).isEqualTo(shop.countriesOn("eu-1"));
            assertThat(shop.ringshard().verify().isOk()).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    /** Another process has added a shard. */
    @Test
    void who_does_not_know_a_shard_that_has_it_changes_nothing() throws SQLException {
        ShardConfig newcomer = shop.shard("eu-4");
        try (Ringshard other = Ringshard.open(shop.config())) {
            other.addShard(newcomer);

            assertThatThrownBy(() -> shop.countries().update(tx -> tx.dsl().execute(SPAIN)))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("is also on shard eu-4, which is not configured here");
            assertAllHave("FR France 68", "JP Japan 124");
            assertThat(other.reference("countries")
                            .update(tx -> tx.dsl().execute(SPAIN))
                            .behind())
                    .isEmpty();
        }
        assertAllHave("FR France 68", "JP Japan 124", "ES Spain 0");
    }

    @Test
    void the_home_moves_away_from_a_shard_that_leaves() throws SQLException {
        shop.order(shop.customerOn("eu-1"), 1, "FR");

        shop.ringshard().removeShard("eu-1");

        assertThat(shop.countries().home()).isEqualTo("eu-2");
        assertThat(shop.countries().update(tx -> tx.dsl().execute(SPAIN)).behind())
                .isEmpty();
        assertThat(shop.countriesOn("eu-3")).contains("ES Spain 0");
        assertThat(shop.countriesOn("eu-1")).doesNotContain("ES Spain 0");
        assertThat(shop.ringshard().verify().isOk()).isTrue();

        shop.ringshard().addShard(shop.config().shards().get(0));

        assertThat(shop.countriesOn("eu-1")).contains("ES Spain 0");
        assertThat(shop.ringshard().reference("currencies").home()).isEqualTo("eu-2");
    }

    /** It gets no new versions, and a recovery brings it none. */
    @Test
    void a_shard_that_is_drained_and_still_configured_is_not_behind() {
        RingshardConfig drained =
                shop.config().withShard(shop.config().shards().get(0).withWeight(0));
        try (Ringshard draining = Ringshard.open(drained)) {
            draining.rebalancer().run(draining.rebalancer().plan(), progress -> {});
            draining.reference("countries").update(tx -> tx.dsl().execute(SPAIN));

            assertThat(draining.status().behind()).isEmpty();
            assertThat(draining.verify().isOk()).isTrue();
        }
    }

    @Test
    void a_table_that_is_not_named_any_more_is_asked_for() {
        RingshardConfig without = ReferencedShop.builder(shop.config().shards()).build();

        assertThatThrownBy(() -> Ringshard.init(without))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining(
                        "public.countries is a reference table of the cluster and is not named in tables.reference");
        assertThat(Ringshard.check(without).problem().orElse("")).contains("is not named in tables.reference");
    }

    @Test
    void shards_whose_rows_differ_found_no_cluster_together() throws SQLException {
        List<ShardConfig> founders = List.of(shop.shard("us-1"), shop.shard("us-2"));
        shop.execute("us-1", ReferencedShop.ROWS);
        shop.execute("us-2", List.of("INSERT INTO countries (code, name) VALUES ('XX', 'Nowhere')"));

        assertThatThrownBy(() -> Ringshard.init(ReferencedShop.config(founders)))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining(
                        "countries is to be a reference table, and has other rows on shard us-2 than on us-1");

        shop.execute("us-2", List.of("DELETE FROM countries"));
        assertThat(Ringshard.init(ReferencedShop.config(founders)).founded()).containsExactly("us-1", "us-2");
        assertThat(shop.countriesOn("us-2")).isEqualTo(Set.of("FR France 68", "JP Japan 124"));
    }

    @Test
    void all_that_keeps_a_table_from_being_one_is_told_at_once() throws SQLException {
        ShardConfig founder = shop.shard("us-1");
        shop.execute(
                "us-1",
                List.of(
                        "CREATE TABLE keyless (a integer)",
                        "CREATE TABLE loose (id integer PRIMARY KEY, country varchar(2), CONSTRAINT loose_country FOREIGN KEY (country) REFERENCES countries (code) ON DELETE CASCADE)",
                        "CREATE TABLE by_name (name varchar(100), CONSTRAINT by_name_country FOREIGN KEY (name) REFERENCES countries (name))"));
        RingshardConfig config = ReferencedShop.builder(List.of(founder))
                .referenceTable("keyless")
                .referenceTable("countries")
                .referenceTable("nowhere")
                .build();

        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("keyless has no primary key")
                .hasMessageContaining(
                        "countries is referred to by public.loose with loose_country, which deletes or changes rows by itself")
                .hasMessageContaining(
                        "countries is referred to by public.by_name with by_name_country, which is not by its primary key (code)")
                .hasMessageContaining(
                        "countries refers to public.currencies by a foreign key: name public.currencies before it in tables.reference")
                .hasMessageContaining("nowhere is not there, or is no table");
        assertThat(Ringshard.check(config).problem().orElse("")).contains("keyless has no primary key");
    }
}
