package dev.ringshard.internal.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Posting;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.ownership.DepartedRange;
import dev.ringshard.internal.ownership.DepartedRangeTable;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.shard.Retry;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.status.RecoveryOutcome;
import dev.ringshard.testing.OpenCluster;
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
    private static final int CUSTOMERS = 60;
    private static final BigDecimal ONE = new BigDecimal("1.00");
    private static final List<ShardedTable> TABLES =
            List.of(BankConfig.ON.tables().get(0), BankConfig.ON.tables().get(1));

    private final OpenCluster cluster;
    private final Shards shards;
    private final CustomerRepository customers;
    private final ExecutorService executor = Executors.newCachedThreadPool();

    HandoverContract(DatabaseKind source, DatabaseKind target) throws SQLException {
        cluster = OpenCluster.of(List.of(source, target));
        shards = Shards.open(cluster.config().shards());
        customers = cluster.ringshard().customers();
    }

    @BeforeEach
    void create() {
        customers.createAll(IntStream.range(0, CUSTOMERS)
                .mapToObj(i -> new NewCustomer(
                        key(i),
                        i % 2 == 0 ? "O'Hara \"Zoë\" 😀 \\N\t" : "",
                        "Łukasz\n" + i,
                        new Balances("100.00", "0.01", "0.00")))
                .toList());
        customers.deposit(key(0), Account.CHECKING, new BigDecimal("9999999999999999.99"), OperationId.random());
    }

    @AfterEach
    void everythingIsSoundInTheEnd() throws SQLException {
        recover();
        cluster.assertSound();
        assertThat(customers.count()).isEqualTo(CUSTOMERS);
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
        new Recovery(shards, TABLES, Optional.empty()).purge(shards.get("eu-1"), List.of(TokenRange.ALL));
        everybodyIsServed();
    }

    @ParameterizedTest
    @EnumSource
    void a_mover_dies_before_any_step_and_everybody_is_served_all_the_same(HandoverStep step) {
        Chunk chunk = chunk();
        assertThatThrownBy(() -> mover(dyingBefore(step)).attempt(chunk)).isInstanceOf(Died.class);

        everybodyIsServed();
        recover();
        everybodyIsServed();
    }

    @ParameterizedTest
    @EnumSource
    void a_mover_dies_before_any_step_and_another_one_ends_the_same(HandoverStep step) throws SQLException {
        Chunk chunk = chunk();
        assertThatThrownBy(() -> mover(dyingBefore(step)).attempt(chunk)).isInstanceOf(Died.class);

        recover();
        try {
            mover(ignored -> {}).attempt(chunk);
        } catch (StaleVersionException moved) {
            assertThat(owned("eu-2")).as("recovery has finished the first").containsAll(chunk.ranges());
        }
        assertThat(owned("eu-2")).containsAll(chunk.ranges());
        everybodyIsServed();
    }

    /** A release adds it, and its migration runs beside a mover of the release before. */
    @Test
    void a_table_that_is_fenced_while_its_mover_does_not_know_it_keeps_the_range_where_it_is() throws SQLException {
        Chunk chunk = chunk();
        Consumer<HandoverStep> release = step -> {
            if (step == HandoverStep.LOCK) {
                shards.get("eu-1").transaction(fencing -> fencing.dsl()
                        .execute(
                                "INSERT INTO ringshard.sharded_table VALUES ('public', 'visits', 'id', 'ring_token')"));
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
    void a_deposit_between_stage_and_hand_over_waits_and_lands_on_the_target() throws Exception {
        Chunk chunk = chunk();
        String key = keyIn(chunk);
        AtomicReference<Future<Posting>> deposit = new AtomicReference<>();

        mover(step -> {
                    if (step == HandoverStep.HAND_OVER) {
                        deposit.set(executor.submit(
                                () -> customers.deposit(key, Account.SAVINGS, ONE, OperationId.random())));
                        awaitLockWait();
                    }
                })
                .attempt(chunk);

        assertThat(Objects.requireNonNull(deposit.get())
                        .get(10, TimeUnit.SECONDS)
                        .balance())
                .isEqualByComparingTo("101.00");
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
        return new Handover("bank", TABLES, System::nanoTime, beforeStep);
    }

    /** Once more on another connection if one had died in the pool. */
    private RecoveryOutcome recover() {
        Retry retry = new Retry(
                Duration.ofSeconds(5),
                System::nanoTime,
                wait -> TimeUnit.NANOSECONDS.sleep(wait.toNanos()),
                RandomGenerator.of("Random"));
        return retry.run(() -> new Recovery(shards, TABLES, Optional.empty()).run(), failure -> {});
    }

    private static String key(int number) {
        return "c-" + number;
    }

    /** The middle of the first range of eu-1 that has customers, and a whole range. */
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
        return IntStream.range(1, CUSTOMERS)
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

    /** Reads and writes every customer, through a router that knows nothing of what happened. */
    private void everybodyIsServed() {
        for (int i = 0; i < CUSTOMERS; i++) {
            BigDecimal before = savings(key(i));
            customers.deposit(key(i), Account.SAVINGS, ONE, OperationId.random());
            assertThat(savings(key(i))).isEqualByComparingTo(before.add(ONE));
        }
        assertThat(customers.count()).isEqualTo(CUSTOMERS);
    }

    private BigDecimal savings(String key) {
        return customers.find(key).orElseThrow().balances().savings();
    }

    private long rows(String shard, @org.jspecify.annotations.Nullable Chunk within) throws SQLException {
        long rows = 0;
        for (ShardedTable table : TABLES) {
            String where = within == null ? "" : " WHERE " + TableColumns.within("ring_token", within.ranges());
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
