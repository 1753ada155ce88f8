package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.table;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.scatter.Gathered;
import dev.ringshard.scatter.RingRead;
import dev.ringshard.scatter.Snapshots;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.testing.HandMover;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jooq.SQLDialect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads over all shards. */
abstract class ScatterContract extends CustomersContract {
    /** Each sorts differently by UTF-16 unit, by a language's rules, or without regard to case. */
    private static final List<String> NAMES = List.of(
            "",
            " ",
            "A",
            "B",
            "Z",
            "a",
            "aa",
            "a b",
            "a-b",
            "z",
            "Ångström",
            "Zoë",
            "Zoe",
            "e\u0301",
            "\u00e9",
            "ß",
            "ss",
            "李",
            "\uE000",
            "\uFFFD",
            "\uFFFF",
            new String(Character.toChars(0x10000)),
            new String(Character.toChars(0x1F600)),
            new String(Character.toChars(0x10FFFF)),
            "a\uFFFD",
            "a" + new String(Character.toChars(0x1F600)));

    ScatterContract(DatabaseKind... kinds) {
        super(kinds);
    }

    private static int byCodePoint(String a, String b) {
        return Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());
    }

    private static final Comparator<Customer> ORDER = Comparator.comparing(
                    Customer::lastName, ScatterContract::byCodePoint)
            .thenComparing(Customer::firstName, ScatterContract::byCodePoint)
            .thenComparing(Customer::key, ScatterContract::byCodePoint);

    private void create(String key, String first, String last) {
        customers.create(new NewCustomer(key, first, last, new Balances("1.00", "0.50", "0.25")));
    }

    private List<Customer> readInPagesOf(int size) {
        List<Customer> all = new ArrayList<>();
        Optional<CustomerPage.Cursor> next = Optional.empty();
        do {
            CustomerPage page = next.map(cursor -> customers.page(size, cursor)).orElseGet(() -> customers.page(size));
            assertThat(page.customers()).hasSizeLessThanOrEqualTo(size);
            all.addAll(page.customers());
            next = page.next();
            if (next.isPresent()) {
                assertThat(page.customers()).hasSize(size);
            }
        } while (next.isPresent());
        return all;
    }

    @Test
    void a_bank_without_customers_answers_with_nothing() {
        assertThat(customers.count()).isZero();
        assertThat(customers.totals()).isEqualTo(new Totals(0, money("0.00"), money("0.00"), money("0.00")));
        assertThat(customers.findByLastName("Lovelace")).isEmpty();
        assertThat(customers.page(10)).isEqualTo(new CustomerPage(List.of(), Optional.empty()));
        try (Stream<Customer> all = customers.stream()) {
            assertThat(all).isEmpty();
        }
    }

    @Test
    void counts_and_totals_are_those_of_all_shards_together() {
        for (int i = 0; i < 50; i++) {
            create("total-" + i, "Ada", "Lovelace");
        }

        assertThat(customers.count()).isEqualTo(50);
        assertThat(customers.totals()).isEqualTo(new Totals(50, money("50.00"), money("25.00"), money("12.50")));
        assertThat(customers.totals().money()).isEqualTo(money("87.50"));
        Gathered<Totals> byShard = customers.totalsByShard();
        assertThat(byShard.isComplete()).isTrue();
        assertThat(byShard.parts()).hasSize(cluster.config().shards().size()).allSatisfy((shard, totals) -> assertThat(
                        totals.customers())
                .isEqualTo(IntStream.range(0, 50)
                        .filter(i -> shardOf("total-" + i).equals(shard))
                        .count()));
        assertThat(customers.totalsOfAvailableShards()).isEqualTo(byShard);
    }

    @Test
    void a_last_name_finds_exactly_its_customers_by_first_name_and_key() {
        for (String first : List.of("Zoë", "Ada", "ada", "Éva", "Ada", "")) {
            for (String last : List.of("Brown", "brown", "Brown ", "Browne", "Bröwn", "O'Brown%")) {
                create(first + "/" + last + "/" + customers.count(), first, last);
            }
        }

        List<Customer> found = customers.findByLastName("Brown");

        assertThat(found).extracting(Customer::firstName).containsExactly("", "Ada", "Ada", "Zoë", "ada", "Éva");
        assertThat(found).isSortedAccordingTo(ORDER);
        assertThat(customers.findByLastName("O'Brown%")).hasSize(6);
        assertThat(customers.findByLastName("%")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 25, 26, 27, 10_000})
    void pages_of_any_size_give_every_customer_once_in_code_point_order_of_the_last_name(int size) {
        NAMES.forEach(name -> create("key of " + name, "Ada", name));

        List<Customer> read = readInPagesOf(size);

        assertThat(read)
                .extracting(Customer::lastName)
                .containsExactlyElementsOf(
                        NAMES.stream().sorted(ScatterContract::byCodePoint).toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 1000})
    void customers_of_one_last_name_come_in_code_point_order_of_first_name_and_key(int size) {
        for (String name : NAMES) {
            create("1" + name, name, "Same");
            create("2" + name, name, "Same");
            create("3" + name, "Same", "Same");
        }

        List<Customer> read = readInPagesOf(size);

        assertThat(read).hasSize(3 * NAMES.size()).isSortedAccordingTo(ORDER).doesNotHaveDuplicates();
        assertThat(customers.findByLastName("Same")).isEqualTo(read);
    }

    /** Each shard is asked for its share at first, and one of them has all. */
    @ParameterizedTest
    @ValueSource(ints = {20, 59, 60, 100})
    void a_page_is_whole_where_all_of_its_customers_are_on_one_shard(int size) {
        create("first", "Ada", "B");
        String shard = shardOf("first");
        IntStream.range(0, 1000)
                .mapToObj(i -> "one-" + i)
                .filter(key -> shardOf(key).equals(shard))
                .limit(59)
                .forEach(key -> create(key, "Ada", "A"));
        IntStream.range(0, 50).forEach(i -> create("any-" + i, "Ada", "C"));
        customers.count();

        assertThat(customers.page(size).customers())
                .isEqualTo(readInPagesOf(10_000).subList(0, size))
                .isSortedAccordingTo(ORDER);
    }

    @Test
    void a_query_over_all_shards_that_fails_leaves_nothing_behind() {
        create("c", "Ada", "Lovelace");
        RingRead<Long> broken = RingRead.of(
                ShardedTable.byToken("customers", "ring_token"),
                "SELECT 1 / (count(*) - ?) FROM customers WHERE {visible}",
                row -> row.getLong(1));
        for (int round = 0; round < 10; round++) {
            customers.count();
            assertThatThrownBy(() -> cluster.ringshard().scatter().read(broken, 0))
                    .isInstanceOf(SqlFailedException.class);
            assertThat(customers.count()).isEqualTo(1);
            assertConnectionsInUse(0);
        }
        create("d", "Ada", "Lovelace");
        assertThat(customers.count()).isEqualTo(2);
    }

    @Test
    void a_query_over_all_shards_that_would_count_what_is_not_a_shards_own_is_refused() {
        ShardedTable table = ShardedTable.byToken("customers", "ring_token");
        assertRefused(
                InvalidInputException.class,
                "{visible}",
                () -> RingRead.of(table, "SELECT count(*) FROM customers", row -> row.getLong(1)));
        RingRead<String> all = RingRead.of(
                table, "SELECT customer_key FROM customers WHERE {visible} ORDER BY 1", row -> row.getString(1));
        assertRefused(InvalidInputException.class, "{rows}", () -> cluster.ringshard()
                .scatter()
                .first(1, Comparator.naturalOrder(), all));
    }

    @Test
    void the_last_page_says_so_even_when_it_is_full() {
        List.of("A", "B", "C", "D").forEach(name -> create(name, "Ada", name));

        assertThat(customers.page(4).next()).isEmpty();
        assertThat(customers.page(2, customers.page(2).next().orElseThrow()).next())
                .isEmpty();
        assertThat(customers.page(3).next()).isPresent();
    }

    @Test
    void a_cursor_stays_right_when_customers_are_added_and_removed() {
        List.of("B", "D", "F", "H", "J").forEach(name -> customers.create(new NewCustomer(name, "Ada", name)));
        CustomerPage first = customers.page(2);
        assertThat(first.customers()).extracting(Customer::key).containsExactly("B", "D");

        customers.delete("B");
        customers.delete("D"); // the one that the cursor stands on
        List.of("A", "C", "E", "G").forEach(name -> customers.create(new NewCustomer(name, "Ada", name)));

        CustomerPage second = customers.page(2, first.next().orElseThrow());
        assertThat(second.customers()).extracting(Customer::key).containsExactly("E", "F");
        customers.delete("H");
        CustomerPage third = customers.page(9, second.next().orElseThrow());
        assertThat(third.customers()).extracting(Customer::key).containsExactly("G", "J");
        assertThat(third.next()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 10_001, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void a_page_of_no_or_too_many_customers_is_refused(int size) {
        assertRefused(InvalidInputException.class, "1 to 10000", () -> customers.page(size));
        assertRefused(
                InvalidInputException.class,
                "1 to 10000",
                () -> customers.page(size, new CustomerPage.Cursor("a", "b", "c")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nul\u0000", "\uD83D"})
    void a_cursor_that_no_page_has_given_is_refused_clearly(String text) {
        for (List<String> place : List.of(List.of(text, "b", "c"), List.of("a", text, "c"), List.of("a", "b", text))) {
            assertRefused(
                    InvalidInputException.class,
                    "Nothing was",
                    () -> customers.page(1, new CustomerPage.Cursor(place.get(0), place.get(1), place.get(2))));
        }
    }

    @Test
    void a_stream_gives_every_customer_once_although_it_fetches_them_by_parts() throws SQLException {
        insertManyCustomers(7000);

        try (Stream<Customer> all = customers.stream()) {
            assertThat(all.map(Customer::key).distinct().count()).isEqualTo(7000);
        }
        assertThat(customers.count()).isEqualTo(7000);
        assertThat(readInPagesOf(2500)).hasSize(7000).isSortedAccordingTo(ORDER);
    }

    @Test
    void a_stream_in_key_order_is_in_one_order_across_all_shards() {
        NAMES.stream().filter(name -> !name.isEmpty()).forEach(name -> create(name, "Ada", "Lovelace"));
        IntStream.range(0, 40).forEach(i -> create("c-" + i, "Ada", "Lovelace"));

        try (Stream<Customer> all = customers.streamInKeyOrder()) {
            assertThat(all.map(Customer::key))
                    .hasSize(NAMES.size() - 1 + 40)
                    .doesNotHaveDuplicates()
                    .isSortedAccordingTo(ScatterContract::byCodePoint);
        }
        assertConnectionsInUse(0);
    }

    @Test
    void a_stream_in_key_order_gives_every_customer_although_it_fetches_them_by_parts() throws SQLException {
        insertManyCustomers(7000);

        try (Stream<Customer> all = customers.streamInKeyOrder()) {
            assertThat(all.map(Customer::key)).hasSize(7000).isSortedAccordingTo(ScatterContract::byCodePoint);
        }
    }

    private void insertManyCustomers(int count) throws SQLException {
        for (var shard : cluster.connections().entrySet()) {
            try (PreparedStatement insert = shard.getValue()
                    .prepareStatement("INSERT INTO customers (customer_key, first_name, last_name, ring_token)"
                            + " VALUES (?, 'Ada', ?, ?)")) {
                for (int i = 0; i < count; i++) {
                    if (shardOf("many-" + i).equals(shard.getKey())) {
                        insert.setString(1, "many-" + i);
                        insert.setString(2, "Name " + i % 100);
                        insert.setLong(3, router.token("many-" + i));
                        insert.addBatch();
                    }
                }
                insert.executeBatch();
            }
        }
    }

    @Test
    void a_scan_tells_every_row_and_fetches_them_by_parts() throws SQLException {
        insertManyCustomers(12_000);

        Gathered<Long> rows;
        try (Snapshots snapshots = cluster.ringshard().scatter().snapshots()) {
            rows = snapshots.gather(part -> {
                long[] told = {0};
                part.scan(
                        "SELECT customer_key FROM customers WHERE last_name <> ?",
                        row -> {
                            if (told[0]++ == 0 && part.dsl().dialect().family() == SQLDialect.POSTGRES) {
                                assertThat(part.dsl().fetchCount(table("pg_cursors")))
                                        .as("the rest waits on the server")
                                        .isPositive();
                            }
                        },
                        "nobody's");
                return told[0];
            });
        }

        assertThat(rows.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(12_000);
    }

    @Test
    void the_money_in_a_stream_is_the_total() {
        for (int i = 0; i < 30; i++) {
            create("stream-" + i, "Ada", "Lovelace");
        }

        try (Stream<Customer> all = customers.stream()) {
            assertThat(all.map(customer -> customer.balances().total()).reduce(money("0.00"), (a, b) -> a.add(b)))
                    .isEqualTo(customers.totals().money())
                    .isEqualTo(money("52.50"));
        }
    }

    @Test
    void a_stream_sees_each_shard_as_of_its_beginning() {
        for (int i = 0; i < 30; i++) {
            create("old-" + i, "Ada", "Lovelace");
        }

        try (Stream<Customer> all = customers.stream()) {
            for (int i = 0; i < 30; i++) {
                create("new-" + i, "Ada", "Lovelace");
                customers.deposit("old-" + i, Account.SAVINGS, money("1"), id("op"));
            }
            assertThat(all.map(customer -> customer.balances().savings()).toList())
                    .hasSize(30)
                    .containsOnly(money("1.00"));
        }
    }

    @Test
    void a_stream_that_is_closed_early_gives_its_connections_back() {
        for (int i = 0; i < 30; i++) {
            create("early-" + i, "Ada", "Lovelace");
        }
        for (int round = 0; round < 10; round++) { // more often than the pool has connections
            try (Stream<Customer> all = customers.stream()) {
                assertConnectionsInUse(cluster.config().shards().size());
                assertThat(all.findFirst()).isPresent();
            }
            assertConnectionsInUse(0);
        }
    }

    @Test
    void a_stream_that_nobody_reads_gives_its_connections_back() {
        customers.stream().close();
        customers.streamInKeyOrder().close();
        assertConnectionsInUse(0);
    }

    /** Others may use one for a moment, to look for messages. */
    private void assertConnectionsInUse(int connections) {
        Awaitility.await().pollDelay(Duration.ZERO).untilAsserted(() -> assertThat(connectionsInUse())
                .isEqualTo(connections));
    }

    private int connectionsInUse() {
        return cluster.ringshard().status().shards().stream()
                .map(ShardStatus::pool)
                .mapToInt(pool -> pool.orElseThrow().active())
                .sum();
    }

    /** Each looks at the ranges before the others, and so knows what has changed by the next. */
    @Test
    void counts_and_pages_are_exact_while_ranges_move_to_and_fro() throws Exception {
        IntStream.range(0, 40).forEach(i -> create("c-" + i, "Ada", "Lovelace"));
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch moved = new CountDownLatch(12);
        CompletableFuture<Void> moving = CompletableFuture.runAsync(() -> {
            while (!stop.get()) {
                router.refresh();
                moveAway("c-0");
                moved.countDown();
            }
        });
        try (Ringshard reader = Ringshard.open(cluster.config())) {
            while (moved.getCount() > 0 && !moving.isDone()) {
                assertThat(reader.customers().count()).isEqualTo(40);
                assertThat(reader.customers().findByLastName("Lovelace")).hasSize(40);
                CustomerPage first = reader.customers().page(30);
                assertThat(first.customers()).doesNotHaveDuplicates().hasSize(30);
                assertThat(reader.customers()
                                .page(30, first.next().orElseThrow())
                                .customers())
                        .hasSize(10);
            }
        } finally {
            stop.set(true);
            moving.get(30, TimeUnit.SECONDS);
        }
    }

    private void moveAway(String key) {
        try {
            String owner = shardOf(key);
            move(owner, owner.equals("eu-1") ? "eu-2" : "eu-1", firstTokenOf(key));
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** It was counted where it is staged, before the ranges were as they are. */
    @Test
    void a_count_leaves_out_what_is_staged_and_what_was_left_behind() throws Exception {
        IntStream.range(0, 40).forEach(i -> create("c-" + i, "Ada", "Lovelace"));
        assertThat(customers.count()).isEqualTo(40);
        String owner = shardOf("c-0");
        try (HandMover mover = mover(owner, owner.equals("eu-1") ? "eu-2" : "eu-1", firstTokenOf("c-0"))) {
            mover.lock();
            mover.stage();
            assertThat(customers.count()).isEqualTo(40);
            assertThat(customers.count()).isEqualTo(40);
            mover.handOver();
            mover.activate();
            assertThat(customers.count()).isEqualTo(40);
            mover.finish();
            assertThat(customers.count()).isEqualTo(40);
            assertThat(customers.page(40).customers()).doesNotHaveDuplicates().hasSize(40);
            mover.purge();
        }
    }
}
