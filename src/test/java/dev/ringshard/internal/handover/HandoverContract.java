package dev.ringshard.internal.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.ownership.CommittedHandover;
import dev.ringshard.internal.ownership.DepartedRange;
import dev.ringshard.internal.ownership.DepartedRangeTable;
import dev.ringshard.internal.ownership.HandoverTable;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.shard.Retry;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.status.RecoveryOutcome;
import dev.ringshard.testing.OpenCluster;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One chunk handed over from eu-1 to eu-2, by movers that die, freeze, meet each other, and wake too late. Deaths are
 * exceptions within this process; what a killed process leaves behind is not shown here.
 */
abstract class HandoverContract {
    private static final int PARCELS = 60;

    private final OpenCluster cluster;
    private final Shards shards;
    private final Parcels parcels;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private int served;

    HandoverContract(DatabaseKind source, DatabaseKind target) throws SQLException {
        cluster = OpenCluster.ofParcels(List.of(source, target));
        shards = Shards.open(cluster.config().shards());
        parcels = new Parcels(cluster.ringshard());
    }

    @BeforeEach
    void create() {
        parcels.createAll(IntStream.range(0, PARCELS)
                .mapToObj(i ->
                        Parcel.of(key(i), "100.01").labelled(i % 2 == 0 ? "O'Hara \"Zoë\" 😀 \\N\tŁukasz\n" + i : ""))
                .toList());
        parcels.stamp(key(0), "large", "9999999999999999.99");
    }

    @AfterEach
    void everythingIsSoundInTheEnd() throws SQLException {
        recover();
        cluster.assertSound();
        assertThat(parcels.count()).isEqualTo(PARCELS);
        assertThat(cluster.ringshard().status().leftovers()).isZero();
        executor.shutdownNow();
        shards.close();
        cluster.close();
    }

    @Test
    void a_chunk_of_several_ranges_moves_with_all_its_rows_and_nothing_else() throws SQLException {
        Chunk chunk = chunk();
        long expected = rows("eu-1", chunk);
        long others = rows("eu-2", null);

        Handover.Moved moved = mover(step -> {}).attempt(chunk);

        assertThat(moved.rows()).isEqualTo(expected).isPositive();
        assertThat(rows("eu-2", null)).isEqualTo(others + expected);
        assertThat(owned("eu-2")).containsAll(chunk.ranges());
        everybodyIsServed();
        assertThat(recover()).isEqualTo(new RecoveryOutcome(0, 0, chunk.ranges().size(), 0, List.of()));
        assertThat(rows("eu-1", chunk)).isZero();
    }

    @Test
    void a_chunk_can_come_back_before_what_it_left_behind_was_deleted_and_a_late_purge_destroys_nothing()
            throws SQLException {
        Chunk there = chunk();
        Chunk back = new Chunk(shards.get("eu-2"), shards.get("eu-1"), there.ranges());
        mover(step -> {}).attempt(there);
        List<DepartedRange> seenByALatePurger =
                shards.get("eu-1").snapshot(looking -> DepartedRangeTable.all(looking.dsl()));
        everybodyIsServed();

        mover(step -> {}).attempt(back);

        assertThat(seenByALatePurger).hasSameSizeAs(there.ranges());
        for (DepartedRange departed : seenByALatePurger) {
            boolean stillThere = shards.get("eu-1")
                    .snapshot(looking -> DepartedRangeTable.all(looking.dsl()))
                    .contains(departed);
            assertThat(stillThere).isFalse();
        }
        new Recovery(shards, Parcels.TABLES, Optional.empty()).purge(shards.get("eu-1"), List.of(TokenRange.ALL));
        everybodyIsServed();
    }

    @Test
    void movers_die_before_each_step_and_everybody_is_served_all_the_same() {
        Chunk chunk = chunk();
        for (HandoverStep step : HandoverStep.values()) {
            diesBefore(step, chunk);

            everybodyIsServed();
            recover();
            everybodyIsServed();
            bringBack(chunk);
        }
    }

    @Test
    void movers_die_before_each_step_and_another_one_ends_the_same() throws SQLException {
        Chunk chunk = chunk();
        for (HandoverStep step : HandoverStep.values()) {
            diesBefore(step, chunk);

            recover();
            try {
                mover(ignored -> {}).attempt(chunk);
            } catch (StaleVersionException moved) {
                assertThat(owned("eu-2"))
                        .as("recovery has finished what died before %s", step)
                        .containsAll(chunk.ranges());
            }
            assertThat(owned("eu-2")).as("before %s", step).containsAll(chunk.ranges());
            everybodyIsServed();
            recover();
            bringBack(chunk);
        }
    }

    private void diesBefore(HandoverStep step, Chunk chunk) {
        assertThatThrownBy(() -> mover(dyingBefore(step)).attempt(chunk))
                .as("before %s", step)
                .isInstanceOf(Died.class);
    }

    /** The next mover takes the same ranges, with the same rows. */
    private void bringBack(Chunk chunk) {
        if (owned("eu-2").containsAll(chunk.ranges())) {
            mover(step -> {}).attempt(new Chunk(shards.get("eu-2"), shards.get("eu-1"), chunk.ranges()));
            recover();
        }
    }

    /** The ranges have gone, come back, and are staged once more by a mover that is not done: the source still serves them. */
    @Test
    void who_met_a_handover_and_wakes_late_does_not_activate_a_newer_copy_of_the_same_ranges() {
        Chunk chunk = chunk();
        diesBefore(HandoverStep.ACTIVATE, chunk);
        List<CommittedHandover> met = committed();
        recover();
        bringBack(chunk);
        diesBefore(HandoverStep.LOCK, chunk);

        activate(met);

        assertThat(met).hasSameSizeAs(chunk.ranges());
        assertThat(owned("eu-2")).doesNotContainAnyElementsOf(chunk.ranges());
        everybodyIsServed();
    }

    /** As on a standby that has the copy, and not what it was corrected by. */
    @Test
    void a_copy_that_reads_otherwise_than_what_was_handed_over_is_not_activated() {
        Chunk chunk = chunk();
        diesBefore(HandoverStep.ACTIVATE, chunk);
        List<CommittedHandover> met = committed();
        onTarget("UPDATE ringshard.incoming_range SET digest = 'lagging ' || digest");

        assertThat(activate(met)).isEmpty();

        assertThat(owned("eu-2")).doesNotContainAnyElementsOf(chunk.ranges());
        onTarget("UPDATE ringshard.incoming_range SET digest = replace(digest, 'lagging ', '')");
        assertThat(activate(met)).isEqualTo(met);
        assertThat(owned("eu-2")).containsAll(chunk.ranges());
    }

    private List<CommittedHandover> committed() {
        return shards.get("eu-1").snapshot(looking -> HandoverTable.all(looking.dsl()));
    }

    private List<CommittedHandover> activate(List<CommittedHandover> handovers) {
        try (ShardTransaction target = Finisher.begin(shards.get("eu-2"), "parcels", Finisher.LOCK_TIMEOUT)) {
            return Finisher.activate(target, handovers);
        }
    }

    private void onTarget(String sql) {
        shards.get("eu-2").transaction(changing -> changing.dsl().execute(sql));
    }

    /** A release adds it, and its migration runs beside a mover of the release before. */
    @Test
    void a_table_that_is_fenced_while_its_mover_does_not_know_it_keeps_the_range_where_it_is() throws SQLException {
        Chunk chunk = chunk();
        Consumer<HandoverStep> release = step -> {
            if (step == HandoverStep.LOCK) {
                shards.get("eu-1")
                        .transaction(
                                fencing -> fencing.dsl()
                                        .execute(
                                                "INSERT INTO ringshard.sharded_table (schema_name, table_name, key_column, token_column) VALUES ('public', 'visits', 'id', 'ring_token')"));
            }
        };

        assertThatThrownBy(() -> mover(release).attempt(chunk))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("public.visits");

        shards.get("eu-1").transaction(mending -> mending.dsl()
                .execute("DELETE FROM ringshard.sharded_table WHERE table_name = 'visits'"));
        assertThat(owned("eu-1")).isNotEmpty();
        everybodyIsServed();
    }

    /** As a replica shows it that has not heard of the claim yet. */
    @Test
    void a_snapshot_that_is_older_than_the_claim_is_not_copied() throws SQLException {
        Chunk chunk = chunk();
        Consumer<HandoverStep> lag = step -> {
            if (step == HandoverStep.STAGE) {
                shards.get("eu-1")
                        .transaction(behind -> behind.dsl().execute("UPDATE ringshard.owned_range SET epoch = 1"));
            }
        };

        assertThatThrownBy(() -> mover(lag).attempt(chunk))
                .isInstanceOf(StaleVersionException.class)
                .hasMessageContaining("sends reads to a replica");

        everybodyIsServed();
    }

    @ParameterizedTest
    @EnumSource(names = {"LOCK", "HAND_OVER"})
    void a_mover_that_lost_its_source_session_wakes_after_a_second_mover_has_finished_and_changes_nothing(
            HandoverStep late) throws SQLException {
        Chunk chunk = chunk();
        AtomicReference<Long> moved = new AtomicReference<>();
        Consumer<HandoverStep> sleep = step -> {
            if (step == HandoverStep.HAND_OVER && late == step) {
                endMoversOf("eu-1");
                moved.set(mover(ignored -> {}).attempt(chunk).rows());
                everybodyIsServed();
            }
            if (step == HandoverStep.CLAIM && late == HandoverStep.LOCK) {
                moved.set(mover(ignored -> {}).attempt(chunk).rows());
            }
        };

        assertThatThrownBy(() -> mover(sleep).attempt(chunk)).isInstanceOf(RingshardException.class);

        assertThat(moved.get()).isPositive();
        assertThat(owned("eu-2")).containsAll(chunk.ranges());
        everybodyIsServed();
    }

    @Test
    void a_staged_copy_is_outdated_by_a_recovery_and_its_mover_hands_nothing_over() throws SQLException {
        Chunk chunk = chunk();
        Consumer<HandoverStep> recovering = step -> {
            if (step == HandoverStep.LOCK) {
                shards.get("eu-1").transaction(outdating -> {
                    chunk.ranges().forEach(range -> OwnedRangeTable.outdate(outdating.dsl(), range));
                    return true;
                });
            }
        };

        assertThatThrownBy(() -> mover(recovering).attempt(chunk))
                .isInstanceOf(StaleVersionException.class)
                .hasMessageContaining("Nothing moved");
        assertThat(owned("eu-1")).containsAll(chunk.ranges());
    }

    @Test
    void a_write_between_stage_and_hand_over_waits_and_lands_on_the_target() throws Exception {
        Chunk chunk = chunk();
        String key = keyIn(chunk);
        AtomicReference<Future<Boolean>> stamp = new AtomicReference<>();

        mover(step -> {
                    if (step == HandoverStep.HAND_OVER) {
                        stamp.set(executor.submit(() -> parcels.stamp(key, "late", "1.00")));
                        awaitLockWait();
                    }
                })
                .attempt(chunk);

        assertThat(Objects.requireNonNull(stamp.get()).get(10, TimeUnit.SECONDS))
                .isTrue();
        assertThat(parcels.postage(key)).isEqualByComparingTo("101.01");
        assertThat(cluster.ringshard().router().locate(key).shard()).isEqualTo("eu-2");
    }

    @Test
    void two_movers_of_the_same_chunk_at_once_do_no_harm() throws Exception {
        Chunk chunk = chunk();
        List<Future<Boolean>> movers = executor.invokeAll(List.of(() -> moves(chunk), () -> moves(chunk)));
        for (Future<Boolean> mover : movers) {
            mover.get(30, TimeUnit.SECONDS);
        }

        assertThat(owned("eu-2")).containsAll(chunk.ranges());
        everybodyIsServed();
    }

    /** Tries until the chunk is there, whoever brought it. */
    private boolean moves(Chunk chunk) {
        while (true) {
            try {
                mover(step -> {}).attempt(chunk);
                return true;
            } catch (StaleVersionException other) {
                if (owned("eu-2").containsAll(chunk.ranges())) {
                    return false;
                }
            } catch (ContentionException busy) {
                // again
            }
        }
    }

    @Test
    void what_a_source_does_not_own_is_not_moved() {
        Chunk chunk = chunk();
        Chunk reverse = new Chunk(shards.get("eu-2"), shards.get("eu-1"), chunk.ranges());

        assertThatThrownBy(() -> mover(step -> {}).attempt(reverse))
                .isInstanceOf(StaleVersionException.class)
                .hasMessageContaining(
                        "eu-2 no longer owns all of the " + chunk.ranges().size() + " ranges");
    }

    private static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static Consumer<HandoverStep> dyingBefore(HandoverStep fatal) {
        return step -> {
            if (step == fatal) {
                throw new Died();
            }
        };
    }

    private static Handover mover(Consumer<HandoverStep> beforeStep) {
        return new Handover("parcels", Parcels.TABLES, System::nanoTime, beforeStep);
    }

    /** Once more on another connection if one had died in the pool. */
    private RecoveryOutcome recover() {
        Retry retry = new Retry(
                Duration.ofSeconds(5),
                System::nanoTime,
                wait -> TimeUnit.NANOSECONDS.sleep(wait.toNanos()),
                RandomGenerator.of("Random"));
        return retry.run(() -> new Recovery(shards, Parcels.TABLES, Optional.empty()).run(), failure -> {});
    }

    private static String key(int number) {
        return "p-" + number;
    }

    /** The middle of the first range of eu-1 that has parcels, and a whole range. */
    private Chunk chunk() {
        List<TokenRange> owned = owned("eu-1");
        List<TokenRange> ranges = new ArrayList<>();
        TokenRange first = owned.get(0);
        long quarter = (first.last() >> 2) - (first.first() >> 2);
        ranges.add(new TokenRange(first.first() + quarter, first.last() - quarter));
        ranges.addAll(owned.subList(1, Math.min(3, owned.size())));
        return new Chunk(shards.get("eu-1"), shards.get("eu-2"), ranges);
    }

    private String keyIn(Chunk chunk) {
        return IntStream.range(1, PARCELS)
                .mapToObj(HandoverContract::key)
                .filter(key -> chunk.ranges().stream()
                        .anyMatch(range ->
                                range.contains(cluster.ringshard().router().token(key))))
                .findFirst()
                .orElseThrow();
    }

    private List<TokenRange> owned(String shard) {
        Shard asked = shards.get(shard);
        return asked.snapshot(looking -> OwnedRangeTable.all(looking.dsl())).stream()
                .map(OwnedRange::range)
                .toList();
    }

    /** Reads and writes every parcel, through a router that knows nothing of what happened. */
    private void everybodyIsServed() {
        for (int i = 0; i < PARCELS; i++) {
            BigDecimal before = parcels.postage(key(i));
            assertThat(parcels.stamp(key(i), "served-" + ++served, "1.00")).isTrue();
            assertThat(parcels.postage(key(i))).isEqualByComparingTo(before.add(BigDecimal.ONE));
        }
        assertThat(parcels.count()).isEqualTo(PARCELS);
    }

    private long rows(String shard, @org.jspecify.annotations.Nullable Chunk within) throws SQLException {
        long rows = 0;
        for (ShardedTable table : Parcels.TABLES) {
            String token = shards.get(shard).dialect().token(table);
            String where = within == null ? "" : " WHERE " + TableColumns.within(token, within.ranges());
            rows += number(shard, "SELECT count(*) FROM " + table.name() + where);
        }
        return rows;
    }

    private long number(String shard, String sql) throws SQLException {
        Connection connection = Objects.requireNonNull(cluster.connections().get(shard));
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void awaitLockWait() {
        String waiting = isPostgres("eu-1")
                ? "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                : "SELECT count(*) FROM information_schema.sessions WHERE blocker_id IS NOT NULL";
        await().until(() -> number("eu-1", waiting) > 0);
    }

    /** Ends every session of the shard that is in a transaction: the database rolls them back. */
    private void endMoversOf(String shard) {
        String end = isPostgres(shard)
                ? "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND state = 'idle in transaction'"
                : "SELECT count(ABORT_SESSION(session_id)) FROM information_schema.sessions"
                        + " WHERE contains_uncommitted AND session_id <> SESSION_ID()";
        try {
            assertThat(number(shard, end)).isPositive();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private boolean isPostgres(String shard) {
        return shards.get(shard).dialect().runsStatementsTogether();
    }
}
