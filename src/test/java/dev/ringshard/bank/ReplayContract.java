package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.testing.Threads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A real year of a bank, replayed by several threads, each customer's transactions in the bank's order. */
abstract class ReplayContract extends CustomersContract {
    private static final int THREADS = 4;

    ReplayContract(DatabaseKind... kinds) {
        super(kinds);
    }

    /** One row of {@code transactions.csv}. */
    private static Booking booking(List<String> row) {
        return new Booking(
                row.get(1),
                Account.valueOf(row.get(3)),
                new BigDecimal(row.get(4)),
                new OperationId(row.get(0)),
                LocalDate.parse(row.get(2)));
    }

    @Test
    void every_account_of_a_real_bank_ends_as_the_bank_says() throws IOException {
        rows("customers.csv").forEach(row -> customers.create(new NewCustomer(row.get(0), row.get(1), row.get(2))));
        List<Booking> bookings =
                rows("transactions.csv").stream().map(ReplayContract::booking).toList();
        assertThat(bookings).hasSize(49_102);

        assertThat(replay(bookings)).isEqualTo(Map.of("Applied", 49_102L));

        assertBalancesAreAsExpected();
        assertDaysAreThoseOfTheFile(bookings);
        List<Booking> again = bookings.subList(20_000, 25_000);
        assertThat(replay(again)).isEqualTo(Map.of("AlreadyApplied", 5_000L));
        assertBalancesAreAsExpected();
    }

    /** How many answers of which kind there were. */
    private Map<String, Long> replay(List<Booking> bookings) {
        Map<String, Long> all = new HashMap<>();
        Threads.atOnce(THREADS, thread -> replayShare(bookings, thread))
                .forEach(some -> some.forEach((kind, count) -> all.merge(kind, count, Long::sum)));
        return all;
    }

    private Map<String, Long> replayShare(List<Booking> bookings, int thread) {
        return bookings.stream()
                .filter(booking -> Math.floorMod(booking.key().hashCode(), THREADS) == thread)
                .map(customers::book)
                .collect(Collectors.groupingBy(posting -> posting.getClass().getSimpleName(), Collectors.counting()));
    }

    private void assertDaysAreThoseOfTheFile(List<Booking> bookings) {
        for (Booking booking : bookings.subList(0, 100)) {
            assertThat(customers
                            .findEntry(booking.key(), booking.id())
                            .orElseThrow()
                            .bookedOn())
                    .contains(booking.on());
        }
    }

    private void assertBalancesAreAsExpected() throws IOException {
        Map<String, Balances> expected = rows("expected-balances.csv").stream()
                .collect(Collectors.toMap(row -> row.get(0), row -> new Balances("0", row.get(1), "0")));
        try (Stream<Customer> all = customers.stream()) {
            assertThat(all.collect(Collectors.toMap(Customer::key, Customer::balances)))
                    .isEqualTo(expected);
        }
        assertThat(customers.totals()).isEqualTo(new Totals(1_229, money("0.00"), money("39246142.80"), money("0.00")));
    }

    /** Without the header; no value of these files holds a comma or is quoted. */
    private static List<List<String>> rows(String file) throws IOException {
        InputStream stream = Objects.requireNonNull(ReplayContract.class.getResourceAsStream("/bank/" + file));
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            return lines.lines()
                    .skip(1)
                    .map(line -> List.of(line.split(",", -1)))
                    .toList();
        }
    }
}
