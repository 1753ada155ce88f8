package dev.ringshard.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.event.WatchDecision;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.outbox.Delivery;
import dev.ringshard.outbox.Message;
import dev.ringshard.outbox.MessageHandler;
import dev.ringshard.outbox.Outbox;
import dev.ringshard.outbox.SentMessage;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
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
    private static final String KEY = "parcel-that-must-not-be-named";

    private final DatabaseKind kind;
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private RingshardConfig config;
    private Ringshard ringshard;
    private Parcels parcels;

    MetricsContract(DatabaseKind kind) {
        this.kind = kind;
        this.config = TestCluster.founded(
                List.of(kind, kind), databases -> Parcels.withOutbox(Parcels.config(TestCluster.shards(databases))));
        this.ringshard = Ringshard.open(config);
        this.parcels = new Parcels(ringshard);
    }

    @BeforeEach
    void bind() {
        RingshardMetrics.of(ringshard).bindTo(registry);
    }

    @AfterEach
    void close() {
        ringshard.close();
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
        String shard = ringshard.router().locate(KEY).shard();
        long transactions = calls(shard, "transaction", "success");

        parcels.handle(KEY);
        parcels.find(KEY);
        parcels.count();
        assertThatThrownBy(() -> ringshard.router().transaction(KEY, transaction -> {
                    throw new InvalidInputException("of the application's own");
                }))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> ringshard.router().transaction(KEY, transaction -> {
                    throw new IllegalStateException("the application's own");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(calls(shard, "update", "success")).isEqualTo(1);
        assertThat(calls(shard, "transaction", "success")).isEqualTo(transactions);
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

        ringshard.router().transaction(key, transaction -> "done");

        assertThat(counter("ringshard.stale.routes", "shard", "eu-1")).isPositive();
        assertThat(counter("ringshard.stale.routes", "shard", "eu-2")).isZero();
        assertThat(calls("eu-1", "transaction", "success")).isEqualTo(before);
        assertThat(calls("eu-2", "transaction", "success"))
                .as("it was done by the new owner")
                .isEqualTo(1);
    }

    @Test
    void what_a_watch_decides_is_counted_and_how_uneven_it_saw_the_shards_is_shown() {
        ringshard.events().decided(new WatchDecision(WatchDecision.Kind.OUTSIDE_HOURS, 1, "Rows move at night."));
        ringshard.events().decided(new WatchDecision(WatchDecision.Kind.EVEN, 1.04, "All is even."));
        ringshard.events().decided(new WatchDecision(WatchDecision.Kind.EVEN, 1.05, "All is even."));

        assertThat(counter("ringshard.watch.decisions", "decision", "even")).isEqualTo(2);
        assertThat(counter("ringshard.watch.decisions", "decision", "outside_hours"))
                .isEqualTo(1);
        assertThat(gauge("ringshard.watch.imbalance")).isEqualTo(1.05);
    }

    @Test
    void what_a_rebalance_moves_is_counted_on_both_sides_also_of_shards_that_join_and_leave() {
        IntStream.range(0, 60).forEach(i -> create("p-" + i));
        RebalanceReport joined = ringshard.addShard(TestCluster.shard("eu-3", TestCluster.database(kind)));

        assertThat(joined.movedRows()).isPositive();
        assertThat(counter("ringshard.handover.rows", "shard", "eu-3", "direction", "in"))
                .isEqualTo((double) joined.movedRows());
        assertThat(sum("ringshard.handover.rows", "out")).isEqualTo((double) joined.movedRows());
        assertThat(pauses("eu-1").count() + pauses("eu-2").count())
                .isEqualTo(joined.writePauses().chunks());
        assertThat(gauge("ringshard.handover.backlog")).as("once it has ended").isZero();
        assertThat(gauge("ringshard.circuit.state", "shard", "eu-3", "state", "closed"))
                .isEqualTo(1);

        ringshard.removeShard("eu-3");

        assertThat(registry.getMeters()).extracting(Meter::getId).noneMatch(id -> "eu-3".equals(id.getTag("shard")));
        assertThat(gauge("ringshard.handover.backlog")).isZero();
    }

    @Test
    void messages_are_counted_by_topic_while_they_are_on_their_way_and_once_they_are_delivered() {
        Outbox outbox = ringshard.outbox();
        outbox.register("weighed", weighing());
        outbox.addUp("weighed", BigDecimal::new);
        outbox.tellPending();
        for (String figure : List.of("pending", "dead", "oldest.age", "amount")) {
            assertThat(gauge("ringshard.outbox." + figure, "shard", "eu-1", "topic", "weighed"))
                    .as(figure)
                    .isZero();
        }
        String sender = keyOn("eu-1");
        SentMessage sent = send(sender, "first", "1.25");
        send(sender, "second", "-0.25");
        outbox.tellPending();

        assertThat(outboxGauge("pending")).isEqualTo(2);
        assertThat(outboxGauge("amount")).isEqualTo(1);
        assertThat(outboxGauge("oldest.age")).isBetween(0.0, 60.0);
        assertThat(gauge("ringshard.outbox.pending", "shard", "eu-2", "topic", "weighed"))
                .isZero();

        assertThat(outbox.deliver(sent)).isEqualTo(Delivery.ACCEPTED);
        assertThat(outbox.deliver(sent)).as("repeated").isEqualTo(Delivery.ACCEPTED);
        assertThat(outbox.deliver(sender, "second")).isEqualTo(Delivery.REFUSED);
        outbox.tellPending();

        assertThat(counter("ringshard.outbox.delivered", "topic", "weighed", "outcome", "accepted"))
                .isEqualTo(1);
        assertThat(counter("ringshard.outbox.delivered", "topic", "weighed", "outcome", "refused"))
                .isEqualTo(1);
        assertThat(outboxGauge("pending")).isZero();
        assertThat(outboxGauge("oldest.age")).isZero();
    }

    @Test
    void a_message_whose_handler_has_failed_too_often_is_counted_as_dead() {
        Outbox outbox = ringshard.outbox();
        outbox.register("weighed", weighing());
        String sender = keyOn("eu-1");
        send(sender, "first", "no weight");

        while (outbox.totals().dead() == 0) {
            outbox.deliverAll(); // which does not wait until it is time to try again
        }
        outbox.tellPending();

        assertThat(outboxGauge("pending")).isEqualTo(1);
        assertThat(outboxGauge("dead")).isEqualTo(1);
        assertThat(registry.find("ringshard.outbox.amount").gauges())
                .as("of a topic of which nobody adds that up")
                .isEmpty();
    }

    private double outboxGauge(String figure) {
        return gauge("ringshard.outbox." + figure, "shard", "eu-1", "topic", "weighed");
    }

    private SentMessage send(String sender, String id, String payload) {
        return ringshard.router().transaction(sender, transaction -> ringshard
                .outbox()
                .send(transaction, new Message(sender, id, "recipient", "weighed", payload)));
    }

    private static MessageHandler weighing() {
        return new MessageHandler() {
            @Override
            public boolean receive(KeyedTransaction recipient, Message message) {
                return new BigDecimal(message.payload()).signum() > 0;
            }

            @Override
            public void refused(KeyedTransaction sender, Message message) {
                assertThat(message.id()).isEqualTo("second");
            }
        };
    }

    @Test
    void no_key_is_in_a_name_or_a_tag() {
        create(KEY);
        ringshard.outbox().register("weighed", weighing());
        send(KEY, "first", "1.00");
        ringshard.outbox().tellPending();
        ringshard.outbox().deliver(KEY, "first");
        parcels.stamp(KEY, "stamp-of-" + KEY, "1.00");
        parcels.handle(KEY);
        parcels.find(KEY);

        assertThat(registry.getMeters()).isNotEmpty().allSatisfy(meter -> assertThat(
                        meter.getId().getName() + meter.getId().getTags())
                .doesNotContain(KEY));
        assertThat(registry.getMeters())
                .flatExtracting(meter -> meter.getId().getTags())
                .extracting(Tag::getKey)
                .containsOnly("shard", "kind", "outcome", "reason", "state", "direction", "le", "topic");
    }

    @Test
    void two_registries_count_alike_and_a_closed_one_counts_no_more() {
        MeterRegistry second = new SimpleMeterRegistry();
        RingshardMetrics metrics = RingshardMetrics.of(ringshard);
        metrics.bindTo(second);
        parcels.count();
        metrics.close();
        parcels.count();

        assertThat(calls("all", "scatter", "success")).isEqualTo(2);
        assertThat(second.get("ringshard.operations")
                        .tags("shard", "all", "outcome", "success")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    private void create(String key) {
        parcels.create(Parcel.of(key, "100.00"));
    }

    private String keyOn(String shard) {
        return IntStream.range(0, 1000)
                .mapToObj(i -> "key-" + i)
                .filter(key -> ringshard.router().locate(key).shard().equals(shard))
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
