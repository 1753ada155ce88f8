package dev.ringshard.internal.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.routing.Router;
import dev.ringshard.testing.OpenCluster;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to rows after their rows were copied, and before they are handed over, is handed over, too. */
abstract class CatchUpContract {
    private final OpenCluster cluster;
    private final Shards shards;
    private final Parcels parcels;
    private final Router router;
    private String newcomer = "";

    CatchUpContract(DatabaseKind source, DatabaseKind target) throws SQLException {
        cluster = OpenCluster.ofParcels(List.of(source, target));
        shards = Shards.open(cluster.config().shards());
        parcels = new Parcels(cluster.ringshard());
        router = cluster.ringshard().router();
    }

    @BeforeEach
    void create() {
        parcels.createAll(IntStream.range(0, 600)
                .mapToObj(i -> Parcel.of("p-" + i, "100.00"))
                .toList());
        parcels.createAll(
                IntStream.range(0, 20).mapToObj(i -> Parcel.bare("bare-" + i)).toList());
        newcomer = IntStream.range(0, 1_000)
                .mapToObj(i -> "new-" + i)
                .filter(this::isOnSource)
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void everythingIsSoundInTheEnd() throws SQLException {
        new Recovery(shards, Parcels.TABLES, Optional.empty()).run();
        cluster.assertSound();
        shards.close();
        cluster.close();
    }

    @Test
    void nothing() {
        moveWhile(() -> {});

        assertThat(parcels.count()).isEqualTo(620);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 250})
    void stamps(int stamped) {
        List<String> keys = moving().subList(0, stamped);

        moveWhile(() -> keys.forEach(key -> parcels.stamp(key, "gift", "1.00")));

        assertThat(keys).allSatisfy(key -> {
            assertThat(parcels.postage(key)).isEqualByComparingTo("101.00");
            assertThat(router.locate(key).shard()).isEqualTo("eu-2");
            assertThat(parcels.stamp(key, "gift", "1.00")).isFalse();
        });
    }

    @Test
    void parcels_come() {
        moveWhile(() -> parcels.create(Parcel.of(newcomer, "7.00").labelled("new")));

        assertThat(parcels.count()).isEqualTo(621);
        assertThat(found(newcomer).label()).isEqualTo("new");
    }

    @Test
    void a_parcel_goes() {
        String key = goer();

        moveWhile(() -> parcels.delete(key));

        assertThat(parcels.find(key)).isEmpty();
        assertThat(parcels.count()).isEqualTo(619);
    }

    @Test
    void one_goes_and_another_gets_a_stamp_and_a_third_comes_in_place_of_the_first() {
        String goer = goer();
        String key = moving().get(0);

        moveWhile(() -> {
            parcels.delete(goer);
            parcels.stamp(key, "gift", "1.00");
            parcels.create(Parcel.bare(newcomer).labelled("new"));
        });

        assertThat(parcels.find(goer)).isEmpty();
        assertThat(parcels.postage(key)).isEqualByComparingTo("101.00");
        assertThat(found(newcomer).label()).isEqualTo("new");
        assertThat(parcels.count()).isEqualTo(620);
    }

    @Test
    void work_that_began_before_the_copy_commits_after_it() {
        String key = moving().get(0);
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch mayCommit = new CountDownLatch(1);
        AtomicReference<CompletableFuture<Boolean>> work = new AtomicReference<>(new CompletableFuture<>());

        new Handover("parcels", Parcels.TABLES, System::nanoTime, step -> {
                    if (step == HandoverStep.STAGE) {
                        work.set(CompletableFuture.supplyAsync(() -> router.transaction(key, transaction -> {
                            transaction.dsl().execute("UPDATE parcels SET label = 'late' WHERE parcel_key = ?", key);
                            written.countDown();
                            await(mayCommit);
                            return true;
                        })));
                        await(written);
                    }
                    if (step == HandoverStep.LOCK) {
                        mayCommit.countDown();
                        Objects.requireNonNull(work.get()).join();
                    }
                })
                .attempt(chunk());

        assertThat(found(key).label()).isEqualTo("late");
        assertThat(router.locate(key).shard()).isEqualTo("eu-2");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void stamps_between_the_copy_and_its_refreshing_and_the_lock() {
        List<String> keys = moving().subList(0, 3);

        moveWhile(
                () -> keys.forEach(key -> parcels.stamp(key, UUID.randomUUID().toString(), "1.00")),
                HandoverStep.CATCH_UP,
                HandoverStep.LOCK);

        assertThat(keys).allSatisfy(key -> assertThat(parcels.postage(key)).isEqualByComparingTo("102.00"));
    }

    @Test
    void what_came_before_the_refreshing_goes_before_the_lock() {
        moveWhile(
                () -> {
                    if (parcels.find(newcomer).isEmpty()) {
                        parcels.create(Parcel.bare(newcomer));
                    } else {
                        parcels.delete(newcomer);
                    }
                },
                HandoverStep.CATCH_UP,
                HandoverStep.LOCK);

        assertThat(parcels.find(newcomer)).isEmpty();
        assertThat(parcels.count()).isEqualTo(620);
    }

    @ParameterizedTest
    @EnumSource(
            value = HandoverStep.class,
            names = {"CATCH_UP", "LOCK"})
    void a_column_that_comes_after_the_copy_keeps_the_chunk_where_it_is(HandoverStep before) {
        assertThatThrownBy(() -> moveWhile(() -> alterSource("ADD COLUMN colour varchar(20)"), before))
                .isInstanceOf(StaleVersionException.class)
                .hasMessageContaining(" on eu-1 have changed while");

        alterSource("DROP COLUMN colour");
        assertThat(router.locate(moving().get(0)).shard()).isEqualTo("eu-1");
        assertThat(parcels.count()).isEqualTo(620);
    }

    private void alterSource(String change) {
        shards.get("eu-1").transaction(altering -> altering.dsl().execute("ALTER TABLE parcels " + change));
    }

    /** Moves everything that eu-1 owns, while this happens between the copy and the lock. */
    private void moveWhile(Runnable change) {
        moveWhile(change, HandoverStep.LOCK);
    }

    private void moveWhile(Runnable change, HandoverStep... before) {
        new Handover("parcels", Parcels.TABLES, System::nanoTime, step -> {
                    if (List.of(before).contains(step)) {
                        change.run();
                    }
                })
                .attempt(chunk());
    }

    private Chunk chunk() {
        return new Chunk(shards.get("eu-1"), shards.get("eu-2"), owned());
    }

    private List<TokenRange> owned() {
        return shards.get("eu-1").snapshot(looking -> OwnedRangeTable.all(looking.dsl())).stream()
                .map(OwnedRange::range)
                .toList();
    }

    /** One without stamps. */
    private String goer() {
        return IntStream.range(0, 20)
                .mapToObj(i -> "bare-" + i)
                .filter(this::isOnSource)
                .findFirst()
                .orElseThrow();
    }

    private List<String> moving() {
        return IntStream.range(0, 600)
                .mapToObj(i -> "p-" + i)
                .filter(this::isOnSource)
                .toList();
    }

    private boolean isOnSource(String key) {
        return router.locate(key).shard().equals("eu-1");
    }

    private Parcel found(String key) {
        return parcels.find(key).orElseThrow();
    }
}
