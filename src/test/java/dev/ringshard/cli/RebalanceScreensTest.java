package dev.ringshard.cli;

import static dev.ringshard.cli.Screens.NEXT;
import static dev.ringshard.cli.Screens.REBALANCED;
import static dev.ringshard.cli.Screens.TERMINAL;
import static dev.ringshard.cli.Screens.assertScreen;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.rebalance.DelayedRows;
import dev.ringshard.rebalance.HeavyKey;
import dev.ringshard.rebalance.RebalancePlan;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.rebalance.RebalanceSettings;
import dev.ringshard.rebalance.RowBalance;
import dev.ringshard.rebalance.ShardMove;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The screens of a plan and of a rebalance. */
class RebalanceScreensTest {
    @Test
    void a_plan_shows_shares_before_and_after_what_moves_and_what_it_takes() {
        PlanReport plan =
                new PlanReport(plan(true), RebalanceSettings.DEFAULT, NEXT.command("rebalance", "--yes"), NEXT);
        assertThat(plan.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertScreen(TERMINAL, plan, """
                Plan for cluster bank · balanced

                  shard  weight     now                              then
                  eu-1        2  50.0 %  ████████████████████████  50.0 %  ████████████████████████
                  eu-2        1  50.0 %  ████████████████████████  25.0 %  ████████████
                  eu-3        1   0.0 %                            25.0 %  ████████████              joins

                  from  to    ranges   rows    about
                  eu-2  eu-3       1  1,200  84.0 kB

                25.0 % of the ring moves: 1,200 rows in 1 range, about 84.0 kB.
                It takes up to about 2.4 s, at 500 rows a second for each pair of shards.
                That speed is a careful guess: no shard has on record how fast rows moved from it.
                A machine that is not busy can be fifty times as fast.

                Next: ringshard rebalance --config bank.yaml --yes
                """);
    }

    @Test
    void a_plan_for_a_rebalance_with_a_limit_expects_no_more_than_the_limit() {
        PlanReport plan = new PlanReport(
                plan(true), RebalanceSettings.DEFAULT.withRowsPerSecond(100), NEXT.command("rebalance", "--yes"), NEXT);
        assertThat(plan.lines(ScreenStyle.PLAIN))
                .contains(
                        "It takes up to about 12.0 s, at 500 rows a second for each pair of shards and at most 100 rows a"
                                + " second in all.");
    }

    @Test
    void a_speed_that_was_measured_is_no_guess() {
        RebalancePlan guessed = plan(true);
        RebalancePlan measured = new RebalancePlan(
                guessed.cluster(),
                guessed.strategy(),
                guessed.actual(),
                guessed.target(),
                guessed.moves(),
                guessed.shares(),
                new RebalancePlan.Speed(20_000, true),
                List.of());

        assertThat(new PlanReport(measured, RebalanceSettings.DEFAULT, NEXT.command("rebalance", "--yes"), NEXT)
                        .lines(ScreenStyle.PLAIN))
                .contains(
                        "It takes about 0.1 s, at 20,000 rows a second for each pair of shards.",
                        "That speed was measured when rows last moved.");
    }

    @Test
    void a_plan_shows_how_even_rows_are_which_keys_are_heaviest_and_what_to_pin() {
        RebalancePlan plan = plan(true);
        RowBalance balance = new RowBalance(
                List.of(
                        new RowBalance.ShardLoad("eu-1", 500, 900, 700),
                        new RowBalance.ShardLoad("eu-2", 500, 100, 300),
                        new RowBalance.ShardLoad("eu-3", 0, 0, 0)),
                List.of(
                        new HeavyKey(Optional.of("tenant \"1\""), 17, "eu-1", 700, 1.4),
                        new HeavyKey(Optional.empty(), -4, "eu-2", 50, 0.1)),
                false);
        RebalancePlan bySize = new RebalancePlan(
                "bank",
                "by-size",
                plan.actual(),
                plan.target(),
                plan.moves(),
                plan.shares(),
                plan.speed(),
                List.of(),
                List.of(),
                balance);

        assertThat(new PlanReport(bySize, RebalanceSettings.DEFAULT, NEXT.command("rebalance", "--yes"), NEXT)
                        .lines(ScreenStyle.PLAIN))
                .containsSequence(
                        "  shard  fair  rows now  rows then  of fair",
                        "  eu-1    500       900        700     1.40",
                        "  eu-2    500       100        300     0.60",
                        "  eu-3      0         0          0",
                        "",
                        "  heaviest    on    rows  of a fair share",
                        "  tenant \"1\"  eu-1   700          140.0 %",
                        "  token -4    eu-2    50           10.0 %",
                        "",
                        "The fullest shard holds 1.80 of its fair share now, and 1.40 then: as close as whole keys allow.",
                        "tenant \"1\" alone is 1.40 of a fair share, and no strategy can part it. To keep it where it is:",
                        "  pins: { \"tenant \\\"1\\\"\": eu-1 }",
                        "");
        assertThat(new PlanReport(bySize, RebalanceSettings.DEFAULT, NEXT.command("rebalance", "--yes"), NEXT)
                        .json()
                        .get("balance"))
                .asString()
                .contains("peakBefore=1.8", "ofFairShare=1.4", "rowsAfter=700");
    }

    @Test
    void a_plan_with_nothing_to_do_says_so() {
        PlanReport plan =
                new PlanReport(plan(false), RebalanceSettings.DEFAULT, NEXT.command("rebalance", "--yes"), NEXT);
        assertThat(plan.exitCode()).isEqualTo(ExitCode.DONE);
        assertScreen(ScreenStyle.PLAIN, plan, """
                Plan for cluster bank · balanced

                  shard  weight     now    then
                  eu-1        1  50.0 %  50.0 %
                  eu-2        1  50.0 %  50.0 %

                Every shard owns what it should. Nothing has to move.

                Next: ringshard status --config bank.yaml
                """);
    }

    @Test
    void a_rebalance_tells_what_moved_and_how_long_writes_waited() {
        assertScreen(ScreenStyle.PLAIN, new RebalanceOutcomeReport(plan(true), REBALANCED, NEXT), """
                1,250 rows moved in 0.5 s, 2,500/s. Every shard owns what it should.
                Writes to a chunk that moved waited 7.0 ms (p50), 12.0 ms (p99), 12.0 ms at most, in 3 chunks.

                Next: ringshard verify --config bank.yaml
                """);
    }

    @Test
    void a_rebalance_that_was_stopped_says_how_to_go_on() {
        RebalanceReport stopped = new RebalanceReport(
                10,
                1_200,
                Duration.ofMillis(500),
                REBALANCED.writePauses(),
                List.of(
                        new DelayedRows("eu-1", List.of("c-7"), true, Duration.ofSeconds(75)),
                        new DelayedRows("eu-1", List.of("c-1", "c-2", "c-3"), false, Duration.ofSeconds(3)),
                        new DelayedRows("eu-2", List.of(), true, Duration.ofSeconds(2)),
                        new DelayedRows("eu-2", List.of("c-9"), true, Duration.ofSeconds(1))),
                List.of("eu-3"),
                false);
        RebalanceOutcomeReport done = new RebalanceOutcomeReport(plan(true), stopped, NEXT);
        assertThat(done.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertScreen(ScreenStyle.PLAIN, done, """
                Stopped on request: 10 rows moved in 0.5 s, 20/s.
                The rest stays where it is; all keys are served.
                This shard is part of the cluster now: eu-3.
                Writes to a chunk that moved waited 7.0 ms (p50), 12.0 ms (p99), 12.0 ms at most, in 3 chunks.
                Key c-7 of eu-1 came last: other work held it, and it moved 1 min 15 s later.
                Keys c-1, c-2, c-3 and others of eu-1 came last: other work held some, and they moved 3.0 s later.
                Some rows of eu-2 came last: other work held some, and they moved 2.0 s later.
                1 chunk more came last for the same reason.

                Next: ringshard rebalance --config bank.yaml --yes
                """);
    }

    @Test
    void a_shard_that_was_emptied_may_be_left_out() {
        RebalancePlan drain = new RebalancePlan(
                "bank",
                "balanced",
                plan(false).actual(),
                TokenMap.<String>builder().put(TokenRange.ALL, "eu-2").build(),
                List.of(new ShardMove(
                        "eu-1",
                        "eu-2",
                        List.of(new ShardMove.Piece(TokenRange.ALL.split(2).get(0), 1_250)),
                        84_000)),
                List.of(
                        new RebalancePlan.Share("eu-1", 0, false, 0.5, 0),
                        new RebalancePlan.Share("eu-2", 1, false, 0.5, 1)),
                new RebalancePlan.Speed(500, false),
                List.of());
        assertScreen(ScreenStyle.PLAIN, new RebalanceOutcomeReport(drain, REBALANCED, NEXT), """
                1,250 rows moved in 0.5 s, 2,500/s. Every shard owns what it should.
                Empty now, and may be left out of the configuration: eu-1.
                Writes to a chunk that moved waited 7.0 ms (p50), 12.0 ms (p99), 12.0 ms at most, in 3 chunks.

                Next: ringshard verify --config bank.yaml
                """);
    }

    private static RebalancePlan plan(boolean joins) {
        List<TokenRange> halves = TokenRange.ALL.split(2);
        TokenMap<String> actual = TokenMap.<String>builder()
                .put(halves.get(0), "eu-1")
                .put(halves.get(1), "eu-2")
                .build();
        List<TokenRange> quarters = TokenRange.ALL.split(4);
        TokenMap<String> target = TokenMap.<String>builder()
                .put(halves.get(0), "eu-1")
                .put(quarters.get(2), "eu-2")
                .put(quarters.get(3), "eu-3")
                .build();
        return new RebalancePlan(
                "bank",
                "balanced",
                actual,
                joins ? target : actual,
                joins
                        ? List.of(new ShardMove(
                                "eu-2", "eu-3", List.of(new ShardMove.Piece(quarters.get(3), 1_200)), 84_000))
                        : List.of(),
                joins
                        ? List.of(
                                new RebalancePlan.Share("eu-1", 2, false, 0.5, 0.5),
                                new RebalancePlan.Share("eu-2", 1, false, 0.5, 0.25),
                                new RebalancePlan.Share("eu-3", 1, true, 0, 0.25))
                        : List.of(
                                new RebalancePlan.Share("eu-1", 1, false, 0.5, 0.5),
                                new RebalancePlan.Share("eu-2", 1, false, 0.5, 0.5)),
                new RebalancePlan.Speed(500, false),
                List.of());
    }
}
