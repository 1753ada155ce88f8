package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.ring.TokenRange;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LedgerSketchTest {
    private static final List<Account> ACCOUNTS = List.of(Account.values());
    private static final BigDecimal CENT = new BigDecimal("0.01");
    private static final BigDecimal MOST = new BigDecimal("99999999999999999.99");

    private final LedgerSketch sketch = new LedgerSketch();

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    /** Customers with up to twenty entries, all rows in any order. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void balances_that_are_the_sums_of_their_entries_are_never_suspects_and_one_that_is_a_cent_off_always_is(
            long seed) {
        Random random = new Random(seed);
        List<Runnable> rows = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String key = "c-" + random.nextInt();
            long token = random.nextLong();
            Account account = ACCOUNTS.get(random.nextInt(ACCOUNTS.size()));
            BigDecimal balance = new BigDecimal("0.00");
            for (int entries = random.nextInt(20); entries > 0; entries--) {
                BigDecimal amount = BigDecimal.valueOf(random.nextLong() / 1000, 2);
                rows.add(() -> sketch.entry(key, token, account, amount));
                balance = balance.add(amount);
            }
            BigDecimal sum = balance;
            rows.add(() -> sketch.balance(key, token, account, sum));
        }
        Collections.shuffle(rows, random);

        rows.forEach(Runnable::run);

        assertThat(sketch.suspects()).isEmpty();
        long token = random.nextLong();
        sketch.entry("c", token, Account.SAVINGS, CENT);
        assertThat(sketch.suspects()).singleElement().satisfies(range -> assertThat(range.contains(token))
                .isTrue());
    }

    @Test
    void errors_that_cancel_out_are_suspects_all_the_same() {
        int slices = 1000;
        for (long i = 0; i < slices; i++) {
            long token = i << 48; // of the same slice, and of no other's
            sketch.balance("payer-" + i, token, Account.SAVINGS, CENT.negate());
            sketch.balance("payee-" + i, token, Account.SAVINGS, CENT);
        }
        assertThat(sketch.suspects()).hasSize(slices);
    }

    @Test
    void an_amount_on_the_wrong_account_is_a_suspect() {
        sketch.balance("c", 0, Account.SAVINGS, CENT);
        sketch.entry("c", 0, Account.CHECKING, CENT);

        assertThat(sketch.suspects()).hasSize(1);
    }

    @Test
    void the_largest_amounts_neither_overflow_nor_hide_a_cent() {
        sketch.balance("c", 0, Account.SAVINGS, MOST);
        sketch.entry("c", 0, Account.SAVINGS, MOST.subtract(CENT));
        assertThat(sketch.suspects()).hasSize(1);

        sketch.entry("c", 0, Account.SAVINGS, CENT);
        assertThat(sketch.suspects()).isEmpty();
    }

    @Test
    void the_slices_reach_from_one_end_of_the_ring_to_the_other() {
        for (long token : new long[] {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE}) {
            sketch.balance("c", token, Account.SAVINGS, CENT);
        }

        long length = 1L << 48;
        assertThat(sketch.suspects())
                .containsExactly(
                        new TokenRange(Long.MIN_VALUE, Long.MIN_VALUE + length - 1),
                        new TokenRange(-length, -1),
                        new TokenRange(0, length - 1),
                        new TokenRange(Long.MAX_VALUE - length + 1, Long.MAX_VALUE));
    }
}
