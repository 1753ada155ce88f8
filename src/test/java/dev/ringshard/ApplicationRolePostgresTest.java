package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.AccountRef;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Posting;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.Remedy;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.testing.HandMover;
import dev.ringshard.testing.Roles.Role;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the application can do as its role, and what it is told where it needs a mover. */
@Tag("ci")
class ApplicationRolePostgresTest extends RoledBank {
    @Test
    void the_application_does_all_that_a_bank_does() {
        try (Ringshard bank = Ringshard.open(roles.config(Role.APPLICATION))) {
            CustomerRepository customers = bank.customers();
            create(bank);
            String key = key(0);
            OperationId id = OperationId.random();

            assertThat(customers.deposit(key, Account.SAVINGS, money("5.00"), id))
                    .isInstanceOf(Posting.Applied.class);
            assertThat(customers.deposit(key, Account.SAVINGS, money("5.00"), id))
                    .isInstanceOf(Posting.AlreadyApplied.class);
            customers.withdraw(key, Account.SAVINGS, money("1.00"), OperationId.random());
            customers.transfer(
                    new AccountRef(key, Account.SAVINGS),
                    new AccountRef(key, Account.CHECKING),
                    money("14.00"),
                    OperationId.random());
            assertThat(customers.find(key).orElseThrow().balances()).isEqualTo(new Balances("0.00", "14.00", "0.00"));
            assertThat(customers.find("nobody")).isEmpty();
            assertThat(customers.entries(key, 10)).hasSize(5);
            customers.withdraw(key, Account.CHECKING, money("14.00"), OperationId.random());
            assertThat(customers.delete(key)).isTrue();
            assertThat(customers.count()).isEqualTo(CUSTOMERS - 1);
            assertThat(customers.totals().money()).isEqualByComparingTo("290.00");
            assertThat(customers.page(10).customers()).hasSize(10);
            assertThat(customers.findByLastName("Lovelace")).hasSize(CUSTOMERS - 1);
            try (Stream<?> all = customers.stream()) {
                assertThat(all).hasSize(CUSTOMERS - 1);
            }
            assertThat(bank.verify().isOk()).isTrue();
            assertThat(bank.status().isSettled()).isTrue();
        }
    }

    @Test
    void the_application_can_hold_movers_off_for_a_read() throws SQLException {
        try (Shards shards = Shards.open(roles.config(Role.APPLICATION).shards());
                ShardTransaction read = shards.get("eu-1").beginLockingSnapshot()) {
            assertThat(OwnedRangeTable.hold(read.dsl())).isNotEmpty();
            String lock = "SET lock_timeout = 100; SELECT FROM ringshard.owned_range FOR UPDATE";
            assertThatThrownBy(() -> roles.execute(1, Role.MOVER, lock)).hasMessageContaining("lock timeout");

            OwnedRangeTable.letGo(read.dsl());

            roles.execute(1, Role.MOVER, lock);
        }
    }

    @Test
    void the_application_waits_for_a_handover_that_it_meets_and_goes_on_when_the_mover_has_finished_it()
            throws Exception {
        try (Ringshard bank = Ringshard.open(patient(Role.APPLICATION));
                HandMover mover = handedOver(bank)) {
            String key = keyIn(bank, mover);
            for (Callable<?> call : List.<Callable<?>>of(
                    () -> bank.customers().find(key).orElseThrow(),
                    () -> bank.customers().deposit(key, Account.SAVINGS, money("1.00"), OperationId.random()),
                    () -> bank.customers().count())) {
                AtomicInteger repeated = new AtomicInteger();
                bank.events().listen(counting(repeated));
                Future<?> waiting = executor.submit(call);
                await().untilAsserted(() -> assertThat(repeated).hasValueGreaterThan(2));
                mover.activate();

                assertThat(waiting.get(20, TimeUnit.SECONDS)).isNotNull();
                takeBack(mover);
            }
            mover.activate();
            mover.finish();
            mover.purge();
        }
    }

    /** As if the target had not activated yet. */
    private void takeBack(HandMover mover) throws SQLException {
        try (Connection target = roles.database(2).connect();
                Statement statement = target.createStatement()) {
            statement.execute("""
                    WITH gone AS (DELETE FROM ringshard.owned_range WHERE first_token = %d RETURNING *)
                    INSERT INTO ringshard.incoming_range (first_token, last_token, epoch, source, row_count, digest)
                    SELECT first_token, last_token, epoch, 'eu-1', 0, 'none' FROM gone""".formatted(mover.first()));
        }
    }

    @Test
    void if_no_mover_finishes_a_handover_the_application_is_told_who_can() throws Exception {
        try (Ringshard bank = Ringshard.open(impatient(Role.APPLICATION));
                HandMover dead = handedOver(bank)) {
            String key = keyIn(bank, dead);
            for (Callable<?> call : List.<Callable<?>>of(
                    () -> bank.customers().find(key),
                    () -> bank.customers().deposit(key, Account.SAVINGS, money("1.00"), OperationId.random()),
                    () -> bank.router().transaction(key, tx -> 1),
                    () -> bank.router().locate(key),
                    () -> bank.customers().count(),
                    () -> bank.customers().totalsOfAvailableShards(),
                    () -> bank.customers().stream())) {
                NoOwnerException failure = catchThrowableOfType(NoOwnerException.class, call::call);
                assertThat(failure.remedy()).isEqualTo(Remedy.RETRY_LATER);
                assertThat(failure)
                        .hasMessageContaining("Shard eu-1 handed the range")
                        .hasMessageContaining("over to shard eu-2")
                        .hasMessageContaining("the database user of this process may not finish handovers")
                        .hasMessageContaining("Run recover as the mover's role");
            }
            try (Ringshard movers = Ringshard.open(impatient(Role.MOVER))) {
                assertThat(movers.recover().finished()).isEqualTo(1);
            }

            assertThat(bank.customers().find(key)).isPresent();
            assertThat(bank.customers().count()).isEqualTo(CUSTOMERS);
        }
    }

    @Test
    void a_handover_that_concerns_others_explains_nothing() throws Exception {
        try (Ringshard bank = Ringshard.open(impatient(Role.APPLICATION));
                HandMover dead = handedOver(bank)) {
            String theirs = keyIn(bank, dead);
            assertThatThrownBy(() -> bank.customers().find(theirs)).isInstanceOf(NoOwnerException.class);
            String key = IntStream.range(0, CUSTOMERS)
                    .mapToObj(RoledBank::key)
                    .filter(other -> !sameRange(bank, other, dead))
                    .filter(other -> ownedBy(bank, other, "eu-1"))
                    .findFirst()
                    .orElseThrow();
            try (Connection owner = roles.database(1).connect();
                    Statement statement = owner.createStatement()) {
                statement.execute("DELETE FROM ringshard.owned_range WHERE %d BETWEEN first_token AND last_token"
                        .formatted(bank.router().token(key)));
            }

            assertThatThrownBy(() -> bank.customers().find(key))
                    .isInstanceOf(NoOwnerException.class)
                    .hasMessageNotContaining("may not finish");
        }
    }

    private String keyIn(Ringshard bank, HandMover mover) {
        return IntStream.range(0, CUSTOMERS)
                .mapToObj(RoledBank::key)
                .filter(key -> sameRange(bank, key, mover))
                .findFirst()
                .orElseThrow();
    }

    private boolean sameRange(Ringshard bank, String key, HandMover mover) {
        long token = bank.router().token(key);
        try {
            return ask("SELECT 1 FROM ringshard.departed_range WHERE first_token = %d AND %d BETWEEN first_token AND last_token"
                            .formatted(mover.first(), token))
                    .equals(List.of("1"));
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
