package dev.ringshard.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.bank.Account;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.CustomerNotFoundException;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.testing.TestCluster;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.math.BigDecimal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an application's registry says of a cluster that it works with. */
abstract class MetricsContract {
    private static final String KEY = "customer-who-must-not-be-named";

    private final DatabaseKind kind;
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private RingshardConfig config;
    private Ringshard bank;
    private CustomerRepository customers;

    MetricsContract(DatabaseKind kind) {
        this.kind = kind;
        this.config = TestCluster.founded(kind, 2);
        this.bank = Ringshard.open(config);
        this.customers = bank.customers();
    }

    @BeforeEach
    void bind() {
        RingshardMetrics.of(bank).bindTo(registry);
    }

    @AfterEach
    void close() {
        bank.close();
    }

    @Test
    void all_meters_are_there_at_zero_before_anything_happens() {
        for (String shard : List.of("eu-1", "eu-2")) {
            for (String operation : List.of("transaction", "read", "update")) {
                assertThat(calls(shard, operation, "success")).isZero();
                assertThat(calls(shard, operation, "retry_later")).isZero();
            }
            assertThat(counter("ringshard.stale.routes", "shard", shard)).isZero();
            assertThat(counter("ringshard.retries", "shard", shard, "reason", "contention"))
                    .isZero();
            assertThat(counter("ringshard.handover.rows", "shard", shard, "direction", "out"))
                    .isZero();
            assertThat(counter("ringshard.handover.chunks", "shard", shard, "direction", "in"))
                    .isZero();
            assertThat(pauses(shard).count()).isZero();
            assertThat(gauge("ringshard.circuit.state", "shard", shard, "state", "closed"))
                    .isEqualTo(1);
            assertThat(gauge("ringshard.circuit.state", "shard", shard, "state", "open"))
                    .isZero();
            assertThat(gauge("ringshard.pool.max", "shard", shard)).isEqualTo(8);
            assertThat(gauge("ringshard.pool.connections", "shard", shard, "state", "active"))
                    .isNotNegative(); // the pool tries a connection when it likes
            assertThat(gauge("ringshard.pool.pending", "shard", shard)).isZero();
        }
        assertThat(calls("all", "scatter", "success")).isZero();
        assertThat(gauge("ringshard.handover.backlog")).isZero();
    }

    @Test
    void calls_are_counted_by_kind_shard_and_outcome_with_the_time_they_took() {
        create(KEY);
        String shard = bank.router().locate(KEY).shard();
        long updates = calls(shard, "update", "success") + calls(shard, "transaction", "success");

        customers.deposit(KEY, Account.SAVINGS, BigDecimal.ONE, OperationId.random());
        customers.find(KEY);
        customers.count();
        assertThatThrownBy(() -> customers.deposit("nobody", Account.SAVINGS, BigDecimal.ONE, OperationId.random()))
                .isInstanceOf(CustomerNotFoundException.class);
        assertThatThrownBy(() -> bank.router().transaction(KEY, transaction -> {
                    throw new IllegalStateException("the application's own");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(calls(shard, "update", "success") + calls(shard, "transaction", "success"))
                .isGreaterThan(updates);
        assertThat(calls(shard, "read", "success")).isPositive();
        assertThat(calls("all", "scatter", "success")).isEqualTo(1);
        assertThat(calls(shard, "transaction", "caller_failed")).isEqualTo(1);
        assertThat(timer(shard, "read", "success").totalTime(TimeUnit.NANOSECONDS))
                .isPositive();
        assertThat(registry.find("ringshard.operations").timers())
                .filteredOn(timer -> "fix_input".equals(timer.getId().getTag("outcome")))
                .anyMatch(timer -> timer.count() > 0);
    }

    @Test
    void a_shard_that_refuses_because_its_range_has_moved_is_a_stale_route() {
        String key = keyOn("eu-1");
        create(key);
        emptyElsewhere("eu-1");
        long before = calls("eu-1", "transaction", "success");

        bank.router().transaction(key, transaction -> "done");

        assertThat(counter("ringshard.stale.routes", "shard", "eu-1")).isPositive();
        assertThat(counter("ringshard.stale.routes", "shard", "eu-2")).isZero();
        assertThat(calls("eu-1", "transaction", "success")).isEqualTo(before);
        assertThat(calls("eu-2", "transaction", "success"))
                .as("it was done by the new owner")
                .isEqualTo(1);
    }

    @Test
    void what_a_rebalance_moves_is_counted_on_both_sides_also_of_shards_that_join_and_leave() {
        IntStream.range(0, 60).forEach(i -> create("c-" + i));
        RebalanceReport joined = bank.addShard(TestCluster.shard("eu-3", TestCluster.database(kind)));

        assertThat(joined.movedRows()).isPositive();
        assertThat(counter("ringshard.handover.rows", "shard", "eu-3", "direction", "in"))
                .isEqualTo((double) joined.movedRows());
        assertThat(sum("ringshard.handover.rows", "out")).isEqualTo((double) joined.movedRows());
        assertThat(pauses("eu-1").count() + pauses("eu-2").count())
                .isEqualTo(joined.writePauses().chunks());
        assertThat(gauge("ringshard.handover.backlog")).as("once it has ended").isZero();
        assertThat(gauge("ringshard.circuit.state", "shard", "eu-3", "state", "closed"))
                .isEqualTo(1);

        bank.removeShard("eu-3");

        assertThat(registry.getMeters()).extracting(Meter::getId).noneMatch(id -> "eu-3".equals(id.getTag("shard")));
        assertThat(gauge("ringshard.handover.backlog")).isZero();
    }

    @Test
    void no_customers_key_is_in_a_name_or_a_tag() {
        create(KEY);
        customers.deposit(KEY, Account.SAVINGS, BigDecimal.ONE, new OperationId("operation-of-" + KEY));
        customers.find(KEY);

        assertThat(registry.getMeters()).isNotEmpty().allSatisfy(meter -> assertThat(
                        meter.getId().getName() + meter.getId().getTags())
                .doesNotContain(KEY));
        assertThat(registry.getMeters())
                .flatExtracting(meter -> meter.getId().getTags())
                .extracting(Tag::getKey)
                .containsOnly("shard", "kind", "outcome", "reason", "state", "direction", "le");
    }

    @Test
    void two_registries_count_alike_and_a_closed_one_counts_no_more() {
        MeterRegistry second = new SimpleMeterRegistry();
        RingshardMetrics metrics = RingshardMetrics.of(bank);
        metrics.bindTo(second);
        customers.count();
        metrics.close();
        customers.count();

        assertThat(calls("all", "scatter", "success")).isEqualTo(2);
        assertThat(second.get("ringshard.operations")
                        .tags("shard", "all", "outcome", "success")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    private void create(String key) {
        customers.create(new NewCustomer(key, "Ada", "Lovelace", new Balances("100.00", "0.00", "0.00")));
    }

    private String keyOn(String shard) {
        return IntStream.range(0, 1000)
                .mapToObj(i -> "key-" + i)
                .filter(key -> bank.router().locate(key).shard().equals(shard))
                .findFirst()
                .orElseThrow();
    }

    /** As another process would; this one is told nothing. */
    private void emptyElsewhere(String shard) {
        ShardConfig drained = config.shard(shard).orElseThrow().withWeight(0);
        try (Ringshard elsewhere = Ringshard.open(config.withShard(drained))) {
            elsewhere.rebalancer().run(elsewhere.rebalancer().plan(), progress -> {});
        }
    }

    private long calls(String shard, String kindOfCall, String outcome) {
        return timer(shard, kindOfCall, outcome).count();
    }

    private Timer timer(String shard, String kindOfCall, String outcome) {
        return registry.get("ringshard.operations")
                .tags("shard", shard, "kind", kindOfCall, "outcome", outcome)
                .timer();
    }

    private Timer pauses(String shard) {
        return registry.get("ringshard.handover.write.pause")
                .tags("shard", shard)
                .timer();
    }

    private double counter(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    private double sum(String name, String direction) {
        return registry.get(name).tags("direction", direction).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }
}
