package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.testing.Threads;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Many threads at once. Passing shows that no wrong interleaving was met, not that there is none. */
abstract class ConcurrencyContract extends CustomersContract {
    private static final int THREADS = 8;

    ConcurrencyContract(DatabaseKind... kinds) {
        super(kinds);
    }

    @Test
    void deposits_and_withdrawals_of_one_customer_add_up() {
        customerWith("1000", "shared");

        Threads.atOnce(THREADS, thread -> {
            for (int i = 0; i < 30; i++) {
                OperationId operation = id("op-" + thread + "-" + i);
                Posting posting = thread % 2 == 0
                        ? customers.deposit("shared", Account.CHECKING, money("1.07"), operation)
                        : customers.withdraw("shared", Account.CHECKING, money("1.01"), operation);
                assertThat(posting).isInstanceOf(Posting.Applied.class);
            }
            return thread;
        });

        assertThat(balance("shared", Account.CHECKING)).isEqualTo(money("1007.20")); // 4 * 30 * 0.06 more
        assertThat(customers.entries("shared", 1000)).hasSize(241);
        assertThat(found("shared").version()).isEqualTo(241);
    }

    @Test
    void deposits_and_withdrawals_of_many_customers_add_up() {
        List<String> keys = IntStream.range(0, 20)
                .mapToObj(i -> customerWith("100", "many-" + i))
                .toList();

        Threads.atOnce(THREADS, thread -> {
            for (String key : keys) {
                customers.deposit(key, Account.SAVINGS, money("2.50"), id("in-" + thread));
                customers.withdraw(key, Account.CHECKING, money("0.75"), id("out-" + thread));
            }
            return thread;
        });

        assertThat(keys)
                .allSatisfy(key -> assertThat(found(key).balances()).isEqualTo(new Balances("20.00", "94.00", "0.00")));
        assertThat(customers.totals().money()).isEqualTo(money("2280.00"));
    }

    @Test
    void the_same_operation_from_many_threads_is_applied_once() {
        customerWith("100", "once");
        for (int i = 0; i < 10; i++) {
            OperationId in = id("in-" + i);
            OperationId out = id("out-" + i);

            assertAppliedOnce(
                    Threads.atOnce(THREADS, thread -> customers.deposit("once", Account.CHECKING, money("5"), in)),
                    "105.00");
            assertAppliedOnce(
                    Threads.atOnce(THREADS, thread -> customers.withdraw("once", Account.CHECKING, money("5"), out)),
                    "100.00");
        }
    }

    private static void assertAppliedOnce(List<Posting> postings, String balance) {
        assertThat(postings)
                .filteredOn(new Posting.Applied(money(balance))::equals)
                .hasSize(1);
        assertThat(postings)
                .filteredOn(new Posting.AlreadyApplied(money(balance))::equals)
                .hasSize(THREADS - 1);
    }

    @Test
    void money_is_not_spent_twice() {
        customerWith("5", "scarce");

        List<Posting> postings = Threads.atOnce(
                THREADS, thread -> customers.withdraw("scarce", Account.CHECKING, money("1"), id("op-" + thread)));

        assertThat(postings).filteredOn(Posting.Applied.class::isInstance).hasSize(5);
        assertThat(postings)
                .filteredOn(new Posting.InsufficientFunds(money("0.00"))::equals)
                .hasSize(3);
    }

    @Test
    void of_many_who_create_the_same_key_one_wins() {
        for (String opening : List.of("0", "10")) {
            String key = "wanted-" + opening;
            List<Boolean> won = Threads.atOnce(THREADS, thread -> {
                try {
                    customers.create(new NewCustomer(key, "First", "of " + thread, new Balances(opening, "0", "0")));
                    return true;
                } catch (CustomerExistsException taken) {
                    return false;
                }
            });

            assertThat(won).containsOnlyOnce(true);
            assertThat(found(key).lastName()).isEqualTo("of " + won.indexOf(true));
        }
    }

    @Test
    void of_many_updates_made_from_one_version_one_wins() {
        customerWith("0", "contested");
        Customer read = found("contested");

        List<Boolean> won = Threads.atOnce(THREADS, thread -> {
            try {
                customers.update(read.withName("Changed", "by " + thread));
                return true;
            } catch (StaleVersionException tooLate) {
                return false;
            }
        });

        assertThat(won).containsOnlyOnce(true);
        assertThat(found("contested").lastName()).isEqualTo("by " + won.indexOf(true));
        assertThat(found("contested").version()).isEqualTo(read.version() + 1);
    }

    @Test
    void updates_that_are_decided_again_until_they_succeed_all_count() {
        customerWith("0", "counter");
        Customer first = found("counter");
        customers.update(first.withName("counter", "0"));

        Threads.atOnce(4, thread -> {
            for (int i = 0; i < 10; i++) {
                addOneToTheName();
            }
            return thread;
        });

        assertThat(found("counter").lastName()).isEqualTo("40");
        assertThat(found("counter").version()).isEqualTo(first.version() + 41);
    }

    private void addOneToTheName() {
        while (true) {
            Customer read = found("counter");
            try {
                customers.update(read.withName("counter", "" + (Integer.parseInt(read.lastName()) + 1)));
                return;
            } catch (StaleVersionException again) {
                // somebody else was faster
            }
        }
    }

    @Test
    void adds_and_changes_and_deletions_from_many_threads_leave_exactly_what_they_should() {
        int each = 15;
        Threads.atOnce(THREADS, thread -> {
            for (int i = 0; i < each; i++) {
                String key = "t" + thread + "-" + i;
                customers.create(new NewCustomer(key, "Thread " + thread, "Customer " + i));
                customers.deposit(key, Account.SAVINGS, money("10.00"), id("in"));
                customers.update(found(key).withName("Changed", "Customer " + i));
                if (i % 3 == 0) {
                    customers.withdraw(key, Account.SAVINGS, money("10.00"), id("out"));
                    assertThat(customers.delete(key)).isTrue();
                }
            }
            return thread;
        });

        assertThat(customers.count()).isEqualTo(THREADS * 10);
        assertThat(customers.totals().money()).isEqualTo(money("800.00"));
        try (Stream<Customer> all = customers.stream()) {
            assertThat(all)
                    .allSatisfy(customer -> assertThat(customer.firstName()).isEqualTo("Changed"));
        }
    }

    @Test
    void reads_over_all_shards_see_every_acknowledged_customer_while_others_are_being_added() {
        Threads.atOnce(4, thread -> {
            for (int i = 0; i < 25; i++) {
                if (thread == 0) {
                    long count = customers.count();
                    assertThat(customers.page(1000).customers()).hasSizeGreaterThanOrEqualTo((int) count);
                } else {
                    String key = customerWith("1", "seen-" + thread + "-" + i);
                    assertThat(customers.find(key)).isPresent();
                    assertThat(customers.count()).isGreaterThan(i);
                }
            }
            return thread;
        });

        assertThat(customers.count()).isEqualTo(75);
    }

    @Test
    void a_deposit_and_a_deletion_at_once_never_lose_the_money() {
        for (int round = 0; round < 15; round++) {
            String key = customerWith("0", "race-" + round);
            List<Boolean> done = Threads.atOnce(2, thread -> {
                try {
                    if (thread == 0) {
                        customers.deposit(key, Account.SAVINGS, money("1"), id("op"));
                    } else {
                        customers.delete(key);
                    }
                    return true;
                } catch (CustomerNotFoundException | InvalidInputException tooLate) {
                    return false;
                }
            });

            assertThat(done).containsOnlyOnce(true);
            assertThat(customers.find(key).isPresent()).isEqualTo(done.get(0));
        }
    }
}
