package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.testing.Threads;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Creating many customers together. */
abstract class CreateAllContract extends CustomersContract {
    private static final List<Balances> BALANCES = List.of(
            Balances.ZERO,
            new Balances("1.00", "0", "0"),
            new Balances("0", "-2.50", "0"),
            new Balances("0", "0", "3.25"),
            new Balances("99999999999999999.99", "0.01", "-0.01"));

    CreateAllContract(DatabaseKind... kinds) {
        super(kinds);
    }

    private static List<NewCustomer> people(String prefix, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new NewCustomer(
                        prefix + i, "Ὀδυσσεύς " + i, "O'Brien, \"{x}\"\n", BALANCES.get(i % BALANCES.size())))
                .toList();
    }

    @Test
    void together_they_are_what_they_would_be_one_by_one() {
        List<NewCustomer> together = people("together-", 60);
        List<NewCustomer> alone = people("alone-", 60);

        assertThat(customers.createAll(together)).isEmpty();
        alone.forEach(customers::create);

        for (int i = 0; i < 60; i++) {
            Everything one = everything("together-" + i);
            Everything other = everything("alone-" + i);
            assertThat(one.customer().orElseThrow())
                    .usingRecursiveComparison()
                    .ignoringFields("key", "ringToken", "createdAt", "updatedAt")
                    .isEqualTo(other.customer().orElseThrow());
            assertThat(one.entries())
                    .usingRecursiveComparison()
                    .ignoringFields("at")
                    .isEqualTo(other.entries());
        }
    }

    @Test
    void who_is_there_already_stays_and_is_returned() {
        customers.create(new NewCustomer("p-1", "Ada", "Lovelace", new Balances("5.00", "0", "0")));
        customers.create(new NewCustomer("p-7", "Bob", "Builder"));
        List<Everything> before = Stream.of("p-1", "p-7").map(this::everything).toList();

        Map<String, Customer> there = customers.createAll(people("p-", 20));

        assertThat(there).containsOnlyKeys("p-1", "p-7");
        assertThat(there).containsEntry("p-1", found("p-1")).containsEntry("p-7", found("p-7"));
        assertThat(Stream.of("p-1", "p-7").map(this::everything).toList()).isEqualTo(before);
        assertThat(customers.count()).isEqualTo(20);
    }

    @Test
    void they_end_on_the_owners_although_some_of_their_ranges_have_moved() throws SQLException {
        String moved = customerWith("1", keyWhere("p", shard -> shard.equals("eu-1")));
        move("eu-1", "eu-2", firstTokenOf(moved));

        customers.createAll(people("p-", 300));

        assertThat(shardOf(moved)).isEqualTo("eu-2");
        assertThat(customers.count()).isEqualTo(300);
        assertThat(people("p-", 300))
                .allSatisfy(one -> assertThat(customers.find(one.key())).isPresent());
    }

    @Test
    void repeating_it_changes_nothing_and_returns_all() {
        customers.createAll(people("p-", 30));
        Totals before = customers.totals();

        assertThat(customers.createAll(people("p-", 30))).hasSize(30);
        assertThat(customers.totals()).isEqualTo(before);
    }

    @Test
    void nobody_at_all_is_nothing_to_do() {
        assertThat(customers.createAll(List.of())).isEmpty();
    }

    @Test
    void a_key_that_cannot_be_one_or_stands_there_twice_is_refused_before_anything_is_written() {
        NewCustomer sound = new NewCustomer("sound", "Ada", "Lovelace");
        assertRefused(
                InvalidInputException.class,
                "A key is empty",
                () -> customers.createAll(List.of(sound, new NewCustomer("", "Ada", "Lovelace"))));
        assertRefused(
                InvalidInputException.class,
                "2 with 1 keys were given",
                () -> customers.createAll(List.of(sound, new NewCustomer("sound", "Bob", "Builder"))));
        assertThat(customers.count()).isZero();
    }

    @Test
    void threads_that_create_the_same_customers_in_any_order_create_each_once() {
        List<Integer> there = Threads.atOnce(4, thread -> {
            List<NewCustomer> shuffled = new ArrayList<>(people("p-", 50));
            Collections.shuffle(shuffled, new Random(thread));
            return customers.createAll(shuffled).size();
        });

        assertThat(there.stream().mapToInt(Integer::intValue).sum()).isEqualTo(3 * 50);
        assertThat(customers.count()).isEqualTo(50);
    }

    @Test
    void the_entry_of_an_operation_is_found_by_its_id() {
        customers.createAll(people("p-", 3));
        customers.deposit("p-1", Account.CHECKING, money("4.00"), id("salary"));

        AccountEntry entry = customers.findEntry("p-1", id("salary")).orElseThrow();

        assertThat(entry).isEqualTo(customers.entries("p-1", 1).get(0));
        assertThat(entry.amount()).isEqualTo(money("4.00"));
        assertThat(customers.findEntry("p-1", id("other"))).isEmpty();
        assertThat(customers.findEntry("p-2", id("salary"))).isEmpty();
        assertThat(customers.findEntry("nobody", id("salary"))).isEmpty();
    }
}
