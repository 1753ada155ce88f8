package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Posting;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.event.Operation;
import dev.ringshard.event.Outcome;
import dev.ringshard.event.RingshardListener;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.testing.OpenCluster;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Calls that come too late, or that would leave customers without a shard. */
class RefusedCallsTest {
    @Test
    void a_shard_is_removed_once_and_never_the_last() throws SQLException {
        try (OpenCluster cluster = OpenCluster.of(Collections.nCopies(2, DatabaseKind.H2))) {
            Ringshard bank = cluster.ringshard();
            bank.customers().create(new NewCustomer("c-1", "Ada", "Lovelace"));
            bank.removeShard("eu-1");

            assertThatThrownBy(() -> bank.removeShard("eu-1"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith("There is no shard eu-1 here, but eu-2. Nothing was changed.");
            assertThatThrownBy(() -> bank.removeShard("eu-2"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith("No shard but eu-2 may own anything");
            assertThat(bank.customers().count()).isOne();
            assertThat(bank.verify().isOk()).isTrue();
        }
    }

    @Test
    void a_listener_that_throws_fails_no_call() throws SQLException {
        try (OpenCluster cluster = OpenCluster.of(Collections.nCopies(2, DatabaseKind.H2))) {
            Ringshard bank = cluster.ringshard();
            AtomicInteger told = new AtomicInteger();
            bank.events().listen(new RingshardListener() {
                @Override
                public void ended(Operation operation, String shard, Outcome outcome, long nanos) {
                    told.incrementAndGet();
                    throw new IllegalStateException("a listener's own fault");
                }
            });

            bank.customers().create(new NewCustomer("c-1", "Ada", "Lovelace"));

            assertThat(bank.customers().deposit("c-1", Account.SAVINGS, BigDecimal.ONE, OperationId.random()))
                    .isEqualTo(new Posting.Applied(new BigDecimal("1.00")));
            assertThat(bank.customers().count()).isOne();
            assertThat(told).hasValueGreaterThanOrEqualTo(3);
        }
    }

    @Test
    @SuppressWarnings("NullAway") // as a caller without it could
    void a_null_is_refused_before_anything_is_done() throws SQLException {
        try (OpenCluster cluster = OpenCluster.of(Collections.nCopies(2, DatabaseKind.H2))) {
            CustomerRepository customers = cluster.ringshard().customers();
            customers.create(new NewCustomer("c-1", "Ada", "Lovelace"));
            BigDecimal one = BigDecimal.ONE;
            List<Executable> withoutKey = List.of(
                    () -> customers.find(null),
                    () -> customers.create(new NewCustomer(null, "Ada", "Lovelace")),
                    () -> customers.deposit(null, Account.SAVINGS, one, OperationId.random()));
            for (Executable call : withoutKey) {
                assertThrows(InvalidInputException.class, call);
            }
            List<Executable> withoutArgument = List.of(
                    () -> customers.create(new NewCustomer("c-2", null, "Lovelace")),
                    () -> customers.create(new NewCustomer("c-2", "Ada", "Lovelace", null)),
                    () -> customers.deposit("c-1", null, one, OperationId.random()),
                    () -> customers.deposit("c-1", Account.SAVINGS, null, OperationId.random()),
                    () -> customers.deposit("c-1", Account.SAVINGS, one, null));
            for (Executable call : withoutArgument) {
                assertThrows(NullPointerException.class, call);
            }
            assertThat(customers.count()).isOne();
            assertThat(customers.totals().money()).isZero();
        }
    }

    @Test
    void after_it_was_closed_every_call_says_so() throws SQLException {
        try (OpenCluster cluster = OpenCluster.of(Collections.nCopies(2, DatabaseKind.H2))) {
            Ringshard bank = cluster.ringshard();
            assertThat(bank.router().locate("c-1").shard()).startsWith("eu-");
            bank.close();
            List<Consumer<Ringshard>> calls = List.of(
                    late -> late.customers().find("c-1"),
                    late -> late.customers().create(new NewCustomer("c-1", "Ada", "Lovelace")),
                    late -> late.customers().count(),
                    late -> late.customers().totalsOfAvailableShards(),
                    late -> late.customers().stream().close(),
                    late -> late.router().locate("c-1"),
                    late -> late.rebalancer().plan(),
                    Ringshard::recover,
                    Ringshard::status,
                    Ringshard::verify,
                    late -> late.removeShard("eu-1"));
            for (Consumer<Ringshard> call : calls) {
                assertThatThrownBy(() -> call.accept(bank))
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessageStartingWith("The cluster was closed before this call. Nothing was done.");
            }
            bank.close();
        }
    }
}
