package dev.ringshard.internal.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.Customer;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Posting;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.routing.Router;
import dev.ringshard.testing.OpenCluster;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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

/** What happens to customers after their rows were copied, and before they are handed over, is handed over, too. */
abstract class CatchUpContract {
    private static final BigDecimal ONE = new BigDecimal("1.00");
    private static final List<ShardedTable> TABLES =
            List.of(BankConfig.ON.tables().get(0), BankConfig.ON.tables().get(1));

    private final OpenCluster cluster;
    private final Shards shards;
    private final CustomerRepository customers;
    private final Router router;
    private String newcomer = "";

    CatchUpContract(DatabaseKind source, DatabaseKind target) throws SQLException {
        cluster = OpenCluster.of(List.of(source, target));
        shards = Shards.open(cluster.config().shards());
        customers = cluster.ringshard().customers();
        router = cluster.ringshard().router();
    }

    @BeforeEach
    void create() {
        customers.createAll(IntStream.range(0, 600)
                .mapToObj(i -> new NewCustomer("c-" + i, "Ada", "Lovelace", new Balances("100.00", "0.01", "0.00")))
                .toList());
        customers.createAll(IntStream.range(0, 20)
                .mapToObj(i -> new NewCustomer("poor-" + i, "Ada", "Lovelace", Balances.ZERO))
                .toList());
        newcomer = IntStream.range(0, 1_000)
                .mapToObj(i -> "new-" + i)
                .filter(this::isOnSource)
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void everythingIsSoundInTheEnd() throws SQLException {
        new Recovery(shards, TABLES, Optional.empty()).run();
        cluster.assertSound();
        shards.close();
        cluster.close();
    }

    @Test
    void nothing() {
        moveWhile(() -> {});

        assertThat(customers.count()).isEqualTo(620);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 250})
    void deposits(int depositors) {
        List<String> keys = moving().subList(0, depositors);

        moveWhile(() ->
                keys.forEach(key -> customers.deposit(key, Account.SAVINGS, ONE, new OperationId("gift-" + key))));

        assertThat(keys).allSatisfy(key -> {
            assertThat(found(key).balances().savings()).isEqualByComparingTo("101.00");
            assertThat(router.locate(key).shard()).isEqualTo("eu-2");
            assertThat(customers.deposit(key, Account.SAVINGS, ONE, new OperationId("gift-" + key)))
                    .isInstanceOf(Posting.AlreadyApplied.class);
        });
    }

    @Test
    void customers_come() {
        moveWhile(() ->
                customers.create(new NewCustomer(newcomer, "Grace", "Hopper", new Balances("7.00", "0.00", "0.00"))));

        assertThat(customers.count()).isEqualTo(621);
        assertThat(found(newcomer).firstName()).isEqualTo("Grace");
    }

    @Test
    void a_customer_goes() {
        String key = goer();

        moveWhile(() -> customers.delete(key));

        assertThat(customers.find(key)).isEmpty();
        assertThat(customers.count()).isEqualTo(619);
    }

    @Test
    void one_goes_and_another_gets_a_deposit_and_a_third_comes_in_place_of_the_first() {
        String goer = goer();
        String key = moving().get(0);

        moveWhile(() -> {
            customers.delete(goer);
            customers.deposit(key, Account.SAVINGS, ONE, OperationId.random());
            customers.create(new NewCustomer(newcomer, "Grace", "Hopper", Balances.ZERO));
        });

        assertThat(customers.find(goer)).isEmpty();
        assertThat(found(key).balances().savings()).isEqualByComparingTo("101.00");
        assertThat(found(newcomer).firstName()).isEqualTo("Grace");
        assertThat(customers.count()).isEqualTo(620);
    }

    @Test
    void work_that_began_before_the_copy_commits_after_it() {
        String key = moving().get(0);
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch mayCommit = new CountDownLatch(1);
        AtomicReference<CompletableFuture<Boolean>> work = new AtomicReference<>(new CompletableFuture<>());

        new Handover("bank", TABLES, System::nanoTime, step -> {
                    if (step == HandoverStep.STAGE) {
                        work.set(CompletableFuture.supplyAsync(() -> router.transaction(key, transaction -> {
                            transaction
                                    .dsl()
                                    .execute("UPDATE customers SET first_name = 'Late' WHERE customer_key = ?", key);
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

        assertThat(found(key).firstName()).isEqualTo("Late");
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
    void deposits_between_the_copy_and_its_refreshing_and_the_lock() {
        List<String> keys = moving().subList(0, 3);

        moveWhile(
                () -> keys.forEach(key -> customers.deposit(key, Account.SAVINGS, ONE, OperationId.random())),
                HandoverStep.REFRESH,
                HandoverStep.LOCK);

        assertThat(keys)
                .allSatisfy(key -> assertThat(found(key).balances().savings()).isEqualByComparingTo("102.00"));
    }

    @Test
    void what_came_before_the_refreshing_goes_before_the_lock() {
        moveWhile(
                () -> {
                    if (customers.find(newcomer).isEmpty()) {
                        customers.create(new NewCustomer(newcomer, "Grace", "Hopper", Balances.ZERO));
                    } else {
                        customers.delete(newcomer);
                    }
                },
                HandoverStep.REFRESH,
                HandoverStep.LOCK);

        assertThat(customers.find(newcomer)).isEmpty();
        assertThat(customers.count()).isEqualTo(620);
    }

    @ParameterizedTest
    @EnumSource(
            value = HandoverStep.class,
            names = {"REFRESH", "LOCK"})
    void a_column_that_comes_after_the_copy_keeps_the_chunk_where_it_is(HandoverStep before) {
        assertThatThrownBy(() -> moveWhile(() -> alterSource("ADD COLUMN nick_name varchar(20)"), before))
                .isInstanceOf(StaleVersionException.class)
                .hasMessageContaining(" on eu-1 have changed while");

        alterSource("DROP COLUMN nick_name");
        assertThat(router.locate(moving().get(0)).shard()).isEqualTo("eu-1");
        assertThat(customers.count()).isEqualTo(620);
    }

    private void alterSource(String change) {
        shards.get("eu-1").transaction(altering -> altering.dsl().execute("ALTER TABLE customers " + change));
    }

    /** Moves everything that eu-1 owns, while this happens between the copy and the lock. */
    private void moveWhile(Runnable change) {
        moveWhile(change, HandoverStep.LOCK);
    }

    private void moveWhile(Runnable change, HandoverStep... before) {
        new Handover("bank", TABLES, System::nanoTime, step -> {
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

    /** One with empty accounts, who can be deleted. */
    private String goer() {
        return IntStream.range(0, 20)
                .mapToObj(i -> "poor-" + i)
                .filter(this::isOnSource)
                .findFirst()
                .orElseThrow();
    }

    private List<String> moving() {
        return IntStream.range(0, 600)
                .mapToObj(i -> "c-" + i)
                .filter(this::isOnSource)
                .toList();
    }

    private boolean isOnSource(String key) {
        return router.locate(key).shard().equals("eu-1");
    }

    private Customer found(String key) {
        return customers.find(key).orElseThrow();
    }
}
