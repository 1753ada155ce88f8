package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.rebalance.RebalancePlan;
import dev.ringshard.status.PinnedKey;
import dev.ringshard.testing.TestCluster;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Keys that live where somebody wants them. */
abstract class PinnedKeysContract {
    private static final int CUSTOMERS = 40;

    private final DatabaseKind kind;
    private final RingshardConfig config;

    PinnedKeysContract(DatabaseKind kind) {
        this.kind = kind;
        this.config = TestCluster.founded(kind, 2);
    }

    @Test
    void a_pinned_key_moves_to_its_shard_alone_and_goes_back_when_it_is_unpinned() {
        try (Ringshard bank = Ringshard.open(config)) {
            fill(bank);
            String key = keyOn(bank, "eu-1");
            int before = keysOn(bank, "eu-1").size();

            assertThat(bank.pin(key, "eu-2").complete()).isTrue();

            assertThat(keysOn(bank, "eu-2")).contains(key);
            assertThat(bank.router().locate(key).range().first())
                    .isEqualTo(bank.router().locate(key).token());
            bank.customers().deposit(key, Account.SAVINGS, BigDecimal.ONE, OperationId.random());
            assertThat(keysOn(bank, "eu-1")).hasSize(before - 1);
            assertThat(bank.pin(key, "eu-2").movedRows()).isZero();

            bank.unpin(key);

            assertThat(keysOn(bank, "eu-1")).contains(key);
            assertThat(bank.customers().find(key).orElseThrow().balances().savings())
                    .isEqualByComparingTo("11.00");
            assertThat(bank.verify().isSound()).isTrue();
        }
    }

    @Test
    void a_shard_of_weight_0_is_reserved_for_its_pins_and_not_let_go_with_them() {
        try (Ringshard bank = Ringshard.open(config)) {
            fill(bank);
            bank.addShard(TestCluster.shard("big", TestCluster.database(kind)).withWeight(0));
            String key = keyOn(bank, "eu-1");

            bank.pin(key, "big");

            assertThat(keysOn(bank, "big")).containsExactly(key);
            assertThatThrownBy(() -> bank.removeShard("big"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("Keys are pinned to shard big: " + key + ". Nothing was changed.");
            assertThatThrownBy(() -> bank.pin(key, "nowhere"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage("There is no shard nowhere here, but eu-1, eu-2, big. Nothing was changed.");
            bank.unpin(key);
            bank.removeShard("big");
            assertThat(keysOn(bank, "eu-1")).contains(key);
        }
    }

    @Test
    void a_plan_shows_the_pins_of_the_configuration_and_prices_them() {
        String key;
        try (Ringshard bank = Ringshard.open(config)) {
            fill(bank);
            key = keyOn(bank, "eu-1");
        }
        try (Ringshard pinned =
                Ringshard.open(config.withPins(config.ring().pins().with(key, "eu-2")))) {
            RebalancePlan plan = pinned.rebalancer().plan();
            assertThat(plan.pins()).containsExactly(new PinnedKey(key, "eu-2", Optional.of("eu-1")));
            assertThat(plan.ranges()).isEqualTo(1);
            assertThat(plan.rows()).isPositive().isLessThan(10);
            assertThat(pinned.status().pins()).isEqualTo(plan.pins());
            assertThat(pinned.status().isSettled()).isFalse();
            assertThat(plan.remarks()).noneMatch(remark -> remark.contains("No row has the key"));
        }
    }

    @Test
    void a_plan_says_of_a_pinned_key_that_no_row_has_it() {
        try (Ringshard bank = Ringshard.open(config)) {
            fill(bank);
        }
        try (Ringshard pinned =
                Ringshard.open(config.withPins(config.ring().pins().with("c-l", "eu-2")))) {
            assertThat(pinned.rebalancer().plan().remarks())
                    .contains("No row has the key \"c-l\", which is pinned: see that it is spelt as it is stored.");
        }
    }

    private static void fill(Ringshard bank) {
        IntStream.range(0, CUSTOMERS).forEach(i -> bank.customers()
                .create(new NewCustomer("c-" + i, "Ada", "Lovelace", new Balances("10.00", "0.00", "0.00"))));
    }

    private static String keyOn(Ringshard bank, String shard) {
        return keysOn(bank, shard).get(0);
    }

    private static List<String> keysOn(Ringshard bank, String shard) {
        bank.router().refresh();
        return IntStream.range(0, CUSTOMERS)
                .mapToObj(i -> "c-" + i)
                .filter(key -> bank.router().locate(key).shard().equals(shard))
                .toList();
    }
}
