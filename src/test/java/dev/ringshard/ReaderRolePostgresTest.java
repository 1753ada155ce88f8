package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.OperationId;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.testing.HandMover;
import dev.ringshard.testing.Roles.Role;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a reader can do as its role, and what it is told where it may not. */
@Tag("ci")
class ReaderRolePostgresTest extends RoledBank {
    @Test
    void a_reader_reads_all_and_is_told_what_it_may_not() {
        try (Ringshard bank = Ringshard.open(roles.config(Role.APPLICATION))) {
            create(bank);
        }
        try (Ringshard readers = Ringshard.open(roles.config(Role.READER))) {
            assertThat(readers.status().isSettled()).isTrue();
            assertThat(readers.verify().isOk()).isTrue();
            assertThat(readers.customers().find(key(0))).isPresent();
            assertThat(readers.customers().count()).isEqualTo(CUSTOMERS);
            assertThat(readers.rebalancer().plan().isEmpty()).isTrue();
            assertThatThrownBy(() ->
                            readers.customers().deposit(key(0), Account.SAVINGS, money("1.00"), OperationId.random()))
                    .isInstanceOf(SqlFailedException.class)
                    .hasMessageContaining("its database user may not do this (permission denied for table ")
                    .hasMessageContaining("Nothing was written.");
        }
    }

    @Test
    void a_reader_that_cannot_hold_movers_off_reads_once_they_rest() throws Exception {
        try (Ringshard owners = Ringshard.open(patient(Role.APPLICATION));
                Ringshard readers = Ringshard.open(patient(Role.READER));
                Ringshard hasty = Ringshard.open(impatient(Role.READER));
                HandMover mover = handedOver(owners)) {
            assertThatThrownBy(() -> hasty.customers().count())
                    .isInstanceOf(NoOwnerException.class)
                    .hasMessageContaining("may not finish handovers")
                    .rootCause()
                    .hasMessageContaining("the database user may not hold movers off");
            AtomicInteger repeated = new AtomicInteger();
            readers.events().listen(counting(repeated));
            Future<Long> count = executor.submit(() -> readers.customers().count());
            await().untilAsserted(() -> assertThat(repeated).hasValueGreaterThan(1));
            mover.activate();

            assertThat(count.get(20, TimeUnit.SECONDS)).isEqualTo(CUSTOMERS);
            mover.finish();
            mover.purge();
        }
    }
}
