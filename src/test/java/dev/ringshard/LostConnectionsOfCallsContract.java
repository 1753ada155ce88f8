package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.AccountRef;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.testing.LosingNetwork;
import dev.ringshard.testing.TestCluster;
import java.math.BigDecimal;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A call may lose a connection at any of its statements: it ends, or says what to do, and leaves the cluster sound. */
abstract class LostConnectionsOfCallsContract {
    private static final BigDecimal ONE = new BigDecimal("1.00");

    private final LosingNetwork network = new LosingNetwork();
    private final RingshardConfig config;
    private final int every;

    /** @param every so many statements one is tried */
    LostConnectionsOfCallsContract(DatabaseKind kind, int every) {
        this.every = every;
        RingshardConfig lossy = TestCluster.founded(kind, 2);
        for (ShardConfig shard : lossy.shards()) {
            lossy = lossy.withShard(network.of(shard));
        }
        this.config = lossy;
    }

    @AfterEach
    void closePools() {
        network.close();
    }

    /** What is done with an open cluster that has the customers "from" and "to". */
    private static Stream<Named<Consumer<Ringshard>>> calls() {
        AccountRef from = new AccountRef("from", Account.SAVINGS);
        AccountRef to = new AccountRef("to", Account.SAVINGS);
        return Stream.of(
                Named.of("read", bank -> bank.customers().find("from")),
                Named.of("create", bank -> bank.customers()
                        .create(customer(OperationId.random().toString()))),
                Named.of("deposit", bank -> bank.customers()
                        .deposit("from", Account.SAVINGS, ONE, OperationId.random())),
                Named.of("transfer", bank -> bank.customers().transfer(from, to, ONE, OperationId.random())),
                Named.of("count", bank -> bank.customers().count()),
                Named.of("totals", bank -> bank.customers().totals()),
                Named.of("router", bank -> bank.router()
                        .transaction("from", tx -> tx.dsl().fetch("SELECT 1"))),
                Named.of("messages", bank -> bank.outbox().totals()),
                Named.of("status", Ringshard::status),
                Named.of("verify", Ringshard::verify),
                Named.of("plan", bank -> bank.rebalancer().plan()),
                Named.of("recover", Ringshard::recover));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void of_an_open_cluster(Consumer<Ringshard> call) {
        try (Ringshard bank = Ringshard.open(config)) {
            bank.customers().create(customer("from"));
            bank.customers().create(customer("to"));
            assertHarmless(() -> call.accept(bank));
            assertThat(bank.verify().isOk()).isTrue();
        }
    }

    /** What is done with a configuration. */
    private static Stream<Named<Consumer<RingshardConfig>>> beginnings() {
        return Stream.of(
                Named.of("open", config -> {
                    try (Ringshard bank = Ringshard.open(config)) {
                        bank.router().locate("from");
                    }
                }),
                Named.of("check", Ringshard::check),
                Named.of("init", Ringshard::init));
    }

    @ParameterizedTest
    @MethodSource("beginnings")
    void by_which_a_process_begins(Consumer<RingshardConfig> beginning) {
        assertHarmless(() -> beginning.accept(config));
    }

    private static NewCustomer customer(String key) {
        return new NewCustomer(key, "Ada", "Lovelace", new Balances("1000.00", "0.00", "0.00"));
    }

    private void assertHarmless(Runnable call) {
        int number = 1 - every;
        do {
            number += every;
            network.loseAt(number);
            try {
                call.run();
            } catch (RingshardException lost) {
                assertThat(lost.remedy())
                        .as("at statement %d: %s", number, lost)
                        .isIn(LosingNetwork.TRY_AGAIN);
            } catch (RuntimeException unexplained) {
                throw new AssertionError("at statement " + number, unexplained);
            }
        } while (network.hasLost());
        network.loseAt(0);
        assertThat(number).isGreaterThan(1);
    }
}
