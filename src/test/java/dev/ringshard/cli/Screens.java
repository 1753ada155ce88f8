package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.bank.Balances;
import dev.ringshard.bank.Customer;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenText;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.ClusterStatus.State;
import dev.ringshard.status.Leftovers;
import dev.ringshard.status.PoolState;
import dev.ringshard.status.TableRows;
import dev.ringshard.status.WritePauses;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What screens show in tests, and the comparison of one as a whole. */
public final class Screens {
    public static final NextStep NEXT = new NextStep("ringshard", "bank.yaml");
    public static final ScreenStyle TERMINAL = new ScreenStyle(false, true);
    public static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    public static final Customer ZOE =
            new Customer("c-7", "Zoë", "Müller", new Balances("1234.50", "-20.00", "0.00"), -42L, 3, NOON, NOON);
    public static final RebalanceReport REBALANCED = new RebalanceReport(
            1_250,
            1_200,
            Duration.ofMillis(500),
            new WritePauses(3, Duration.ofMillis(7), Duration.ofMillis(12), Duration.ofMillis(12)),
            List.of(),
            List.of(),
            true);

    private Screens() {}

    /** What a shard lacks has to move there; what one that is down should own cannot be told. */
    public static ClusterStatus status(ShardStatus... shards) {
        double pending = Stream.of(shards)
                .mapToDouble(shard -> Math.max(0, shard.targetShare() - shard.share()))
                .sum();
        boolean known = Stream.of(shards).noneMatch(shard -> shard.state() == State.DOWN);
        return new ClusterStatus(
                "bank",
                List.of(shards),
                known ? OptionalDouble.of(pending) : OptionalDouble.empty(),
                Optional.empty(),
                false,
                List.of(),
                List.of(),
                List.of());
    }

    public static ShardStatus up(String name, double share, long customers) {
        return new ShardStatus(
                name,
                State.UP,
                Optional.empty(),
                share,
                share,
                OptionalLong.of(128),
                List.of(new TableRows("customers", customers, true)),
                Leftovers.NONE,
                Optional.of("4"),
                Optional.of(new PoolState(2, 1, 1, 0, 10, Duration.ofSeconds(5))));
    }

    public static void assertScreen(ScreenStyle style, Report report, String expected) {
        assertThat(String.join("\n", report.lines(style)) + "\n").isEqualTo(expected);
        assertThat(report.lines(style)).allMatch(line -> ScreenText.width(line) <= 100);
    }
}
