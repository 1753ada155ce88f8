package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.Remedy;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.StaleVersionException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Creating, finding, renaming and deleting customers. */
abstract class RecordsContract extends CustomersContract {
    private static final String GRINNING_FACE = new String(Character.toChars(0x1F600));

    RecordsContract(DatabaseKind... kinds) {
        super(kinds);
    }

    @Test
    void a_created_customer_is_found_with_all_that_was_given() {
        Instant before = Instant.now().minus(Duration.ofMinutes(1));
        customers.create(new NewCustomer("c-1", "Ada", "Lovelace", new Balances("1.50", "2", "0.01")));

        Customer customer = found("c-1");

        assertThat(customer.key()).isEqualTo("c-1");
        assertThat(customer.firstName()).isEqualTo("Ada");
        assertThat(customer.lastName()).isEqualTo("Lovelace");
        assertThat(customer.balances()).isEqualTo(new Balances("1.50", "2.00", "0.01"));
        assertThat(customer.ringToken()).isEqualTo(router.token("c-1"));
        assertThat(customer.createdAt()).isBetween(before, Instant.now().plus(Duration.ofMinutes(1)));
        assertThat(customer.updatedAt()).isEqualTo(customer.createdAt());
    }

    @Test
    void customers_spread_over_all_shards_and_each_is_found() {
        List<String> keys = IntStream.range(0, 200).mapToObj(i -> "spread-" + i).toList();
        keys.forEach(key -> customers.create(new NewCustomer(key, "First " + key, "Last " + key)));

        assertThat(keys).allSatisfy(key -> assertThat(found(key).firstName()).isEqualTo("First " + key));
        assertThat(keys.stream().map(this::shardOf).distinct())
                .hasSize(cluster.config().shards().size());
    }

    @Test
    void an_unknown_key_finds_nothing() {
        assertThat(customers.find("nobody")).isEmpty();
        assertThat(customers.entries("nobody", 10)).isEmpty();
    }

    @Test
    void a_taken_key_is_refused_and_its_customer_stays_as_it_is() {
        customerWith("5.00", "taken");

        assertRefused(
                CustomerExistsException.class,
                "taken",
                () -> customers.create(new NewCustomer("taken", "Other", "Name")),
                "taken");
        assertRefused(
                CustomerExistsException.class,
                "taken",
                () -> customers.create(new NewCustomer("taken", "Other", "Name", new Balances("1", "2", "3"))),
                "taken");
    }

    @Test
    void keys_that_differ_in_case_or_blanks_only_are_different_customers() {
        List<String> keys = List.of("key", "KEY", "Key", "key ", " key", "k\u0435y", "ke\u0301y", "k\u00e9y");
        keys.forEach(key -> customers.create(new NewCustomer(key, "of " + key, "")));

        assertThat(keys).allSatisfy(key -> assertThat(found(key).firstName()).isEqualTo("of " + key));
    }

    static List<String> oddTexts() {
        return List.of(
                "O'Brien",
                "Robert'); DROP TABLE customers;--",
                "\"quoted\"",
                "back\\slash",
                "percent % and _",
                "question ? and :colon and ${dollar} and {brace}",
                "tab\tnew\nline\r\n",
                "\u0001\u001f\u007f",
                " leading and trailing ",
                "",
                "Žluťoučký kůň",
                "李小龍",
                "عمر",
                "e\u0301 is not \u00e9",
                "\uFFFD\uFEFF\uFFFF",
                GRINNING_FACE + " beyond the basic plane");
    }

    @ParameterizedTest
    @MethodSource("oddTexts")
    void names_come_back_exactly_as_they_were_given(String name) {
        customers.create(new NewCustomer("odd-name", name, name));
        assertThat(found("odd-name").firstName()).isEqualTo(name);
        assertThat(found("odd-name").lastName()).isEqualTo(name);
        assertThat(customers.findByLastName(name)).extracting(Customer::key).containsExactly("odd-name");

        customers.update(found("odd-name").withName("a" + name, "b" + name));
        assertThat(found("odd-name").firstName()).isEqualTo("a" + name);
        assertThat(found("odd-name").lastName()).isEqualTo("b" + name);
    }

    static List<String> oddKeys() {
        return oddTexts().stream().filter(text -> !text.isEmpty()).toList();
    }

    @ParameterizedTest
    @MethodSource("oddKeys")
    void keys_may_hold_any_characters(String key) {
        customerWith("10.00", key);
        customers.deposit(key, Account.CHECKING, money("2.00"), id("op"));

        assertThat(balance(key, Account.CHECKING)).isEqualTo(money("12.00"));
        assertThat(customers.entries(key, 10)).hasSize(2);
        assertThat(customers.page(10).customers()).extracting(Customer::key).containsExactly(key);
    }

    static List<String> longestTexts() {
        return List.of("k".repeat(255), "ž".repeat(255), "李".repeat(255), GRINNING_FACE.repeat(127) + "k");
    }

    @ParameterizedTest
    @MethodSource("longestTexts")
    void the_longest_key_and_the_longest_names_fit(String longest) {
        String name = longest.substring(0, 200);
        customers.create(new NewCustomer(longest, name, name, new Balances("1", "1", "1")));
        customers.deposit(longest, Account.SAVINGS, money("1"), new OperationId("o".repeat(100)));
        customers.transfer(
                new AccountRef(longest, Account.SAVINGS),
                new AccountRef(longest, Account.CHECKING),
                money("1"),
                new OperationId("t".repeat(100)));

        assertThat(found(longest).lastName()).isEqualTo(name);
        assertThat(found(longest).balances()).isEqualTo(new Balances("1", "2", "1"));
        assertThat(customers.entries(longest, 10)).hasSize(6);
    }

    static List<String> keysThatCannotBe() {
        return List.of(
                "",
                "k".repeat(256),
                GRINNING_FACE.repeat(128),
                "nul\u0000",
                "\uD83D",
                "high \uD83D alone",
                "low \uDE00 alone",
                "\uDE00\uD83D");
    }

    @ParameterizedTest
    @MethodSource("keysThatCannotBe")
    void a_key_that_cannot_be_one_is_refused_everywhere(String key) {
        List<Runnable> calls = List.of(
                () -> customers.create(new NewCustomer(key, "Ada", "Lovelace")),
                () -> customers.create(new NewCustomer(key, "Ada", "Lovelace", new Balances("1", "1", "1"))),
                () -> customers.find(key),
                () -> customers.delete(key),
                () -> customers.entries(key, 1),
                () -> customers.deposit(key, Account.SAVINGS, money("1"), id("op")),
                () -> customers.withdraw(key, Account.SAVINGS, money("1"), id("op")),
                () -> customers.transfer(
                        new AccountRef("fine", Account.SAVINGS),
                        new AccountRef(key, Account.SAVINGS),
                        money("1"),
                        id("op")),
                () -> router.locate(key));

        assertThat(calls).allSatisfy(call -> assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(InvalidInputException.class, refusal -> assertThat(refusal.remedy())
                        .isEqualTo(Remedy.FIX_INPUT)));
        assertThat(customers.count()).isZero();
    }

    @ParameterizedTest
    @MethodSource("namesThatCannotBe")
    void a_name_that_cannot_be_one_is_refused(String name) {
        customerWith("0", "named");

        assertRefused(InvalidInputException.class, "first name", () -> new NewCustomer("new", name, "fine"), "named");
        assertRefused(InvalidInputException.class, "last name", () -> new NewCustomer("new", "fine", name), "named");
        Customer named = found("named");
        assertRefused(
                InvalidInputException.class,
                "first name",
                () -> customers.update(named.withName(name, "fine")),
                "named");
        assertRefused(
                InvalidInputException.class,
                "last name",
                () -> customers.update(named.withName("fine", name)),
                "named");
    }

    static List<String> namesThatCannotBe() {
        return List.of("n".repeat(201), GRINNING_FACE.repeat(101), "nul\u0000", "\uD83D", "a\uDE00");
    }

    @ParameterizedTest
    @MethodSource("namesThatCannotBe")
    void a_last_name_that_nobody_can_have_finds_nobody_or_is_refused_clearly(String name) {
        customerWith("0", "named");
        try {
            assertThat(customers.findByLastName(name)).isEmpty();
        } catch (RingshardException refusal) {
            assertThat(refusal.remedy()).isEqualTo(Remedy.FIX_INPUT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "with blank", "hash#", "é"})
    void an_operation_id_that_cannot_be_one_is_refused(String value) {
        assertThatThrownBy(() -> new OperationId(value)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> new OperationId("x".repeat(101))).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void what_the_accounts_are_opened_with_becomes_entries() {
        customers.create(new NewCustomer("opened", "Ada", "Lovelace", new Balances("100.00", "0.00", "-2.50")));

        List<AccountEntry> entries = customers.entries("opened", 10);

        assertThat(entries).extracting(AccountEntry::account).containsExactly(Account.RETIREMENT_401K, Account.SAVINGS);
        assertThat(entries).extracting(AccountEntry::amount).containsExactly(money("-2.50"), money("100.00"));
        assertThat(entries).extracting(AccountEntry::balanceAfter).containsExactly(money("-2.50"), money("100.00"));
    }

    @Test
    void an_update_stores_the_names_and_raises_the_version() {
        customerWith("7.00", "renamed");
        Customer before = found("renamed");

        long version = customers.update(before.withName("Augusta", "King"));

        Customer after = found("renamed");
        assertThat(version).isEqualTo(before.version() + 1).isEqualTo(after.version());
        assertThat(after.firstName() + " " + after.lastName()).isEqualTo("Augusta King");
        assertThat(after.balances()).isEqualTo(before.balances());
        assertThat(after.createdAt()).isEqualTo(before.createdAt());
        assertThat(after.updatedAt()).isAfterOrEqualTo(before.updatedAt());
    }

    @Test
    void an_update_ignores_the_balances_of_the_value_given() {
        customerWith("7.00", "rich");
        Customer read = found("rich");
        Customer forged = new Customer(
                read.key(),
                "Rich",
                "Enough",
                new Balances("1000000", "1000000", "1000000"),
                42,
                read.version(),
                Instant.EPOCH,
                Instant.EPOCH);

        customers.update(forged);

        assertThat(found("rich").balances()).isEqualTo(read.balances());
        assertThat(found("rich").ringToken()).isEqualTo(read.ringToken());
        assertThat(found("rich").createdAt()).isEqualTo(read.createdAt());
        assertThat(found("rich").firstName()).isEqualTo("Rich");
    }

    @Test
    void an_update_made_from_an_old_version_is_refused() {
        customerWith("7.00", "stale");
        Customer old = found("stale");
        customers.update(old.withName("First", "Wins"));

        assertRefused(
                StaleVersionException.class,
                "version",
                () -> customers.update(old.withName("Second", "Loses")),
                "stale");
    }

    @Test
    void a_movement_of_money_makes_an_older_copy_stale() {
        customerWith("7.00", "moved");
        Customer old = found("moved");
        customers.deposit("moved", Account.SAVINGS, money("1"), id("op"));

        assertRefused(
                StaleVersionException.class, "version", () -> customers.update(old.withName("Too", "Late")), "moved");
    }

    @Test
    void updating_a_customer_who_is_not_there_says_so() {
        customerWith("0", "gone");
        Customer read = found("gone");
        customers.delete("gone");

        assertRefused(CustomerNotFoundException.class, "gone", () -> customers.update(read.withName("No", "One")));
    }

    @Test
    void only_a_customer_who_holds_nothing_can_be_deleted() {
        customerWith("7.00", "leaving");
        assertRefused(InvalidInputException.class, "CHECKING", () -> customers.delete("leaving"), "leaving");

        customers.withdraw("leaving", Account.CHECKING, money("7"), id("all"));

        assertThat(customers.delete("leaving")).isTrue();
        assertThat(customers.find("leaving")).isEmpty();
        assertThat(customers.entries("leaving", 10)).isEmpty();
        assertThat(customers.delete("leaving")).isFalse();
    }

    @Test
    void a_customer_whose_accounts_cancel_out_is_not_empty() {
        customers.create(new NewCustomer("cancel", "Ada", "Lovelace", new Balances("5", "-5", "0")));

        assertRefused(InvalidInputException.class, "SAVINGS", () -> customers.delete("cancel"), "cancel");
    }

    @Test
    void deleting_an_unknown_customer_says_that_there_was_none() {
        assertThat(customers.delete("nobody")).isFalse();
    }

    @Test
    void a_deleted_key_can_be_created_again_and_begins_anew() {
        customerWith("0", "again");
        customers.deposit("again", Account.SAVINGS, money("1"), id("op"));
        customers.withdraw("again", Account.SAVINGS, money("1"), id("op-2"));
        customers.delete("again");

        customerWith("3.00", "again");

        assertThat(customers.entries("again", 10)).hasSize(1);
        assertThat(customers.deposit("again", Account.SAVINGS, money("1"), id("op")))
                .isEqualTo(new Posting.Applied(money("1.00")));
    }

    @Test
    void texts_of_values_show_no_customer() {
        customers.create(new NewCustomer("shown", "Secret", "Person", new Balances("12.34", "0", "0")));

        assertThat(found("shown").toString()).doesNotContain("Secret", "Person", "12.34");
        assertThat(new NewCustomer("shown", "Secret", "Person").toString()).doesNotContain("Secret", "Person");
    }
}
