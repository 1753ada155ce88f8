package dev.ringshard.cli;

import static dev.ringshard.cli.Screens.NEXT;
import static dev.ringshard.cli.Screens.TERMINAL;
import static dev.ringshard.cli.Screens.assertScreen;
import static dev.ringshard.cli.Screens.status;
import static dev.ringshard.cli.Screens.up;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.config.RingConfig;
import dev.ringshard.event.WatchDecision;
import dev.ringshard.event.WatchDecision.Kind;
import dev.ringshard.outbox.OutboxTotals;
import dev.ringshard.ring.Pins;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.routing.Location;
import dev.ringshard.status.BehindCopy;
import dev.ringshard.status.ClusterCheck;
import dev.ringshard.status.ClusterCheck.Concern;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.ClusterStatus.State;
import dev.ringshard.status.InitOutcome;
import dev.ringshard.status.InitOutcome.Fenced;
import dev.ringshard.status.Leftovers;
import dev.ringshard.status.PinnedKey;
import dev.ringshard.status.RecoveryOutcome;
import dev.ringshard.status.TableRows;
import dev.ringshard.status.WatchStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The screens of a cluster and its shards: status, init, serve, locate, config check, recover. */
class ClusterScreensTest {
    @Test
    void a_settled_cluster_names_the_next_command() {
        assertScreen(
                ScreenStyle.PLAIN,
                new StatusReport(
                        status(up("eu-1", 0.75, 1500), up("eu-2", 0.25, 500)),
                        Optional.empty(),
                        true,
                        Optional.empty(),
                        NEXT),
                """
                Cluster bank · 2 shards · 2,000 customers

                  shard  state  customers   share  target  ranges  pool  schema
                  eu-1   up         1,500  75.0 %  75.0 %     128  1/10       4
                  eu-2   up           500  25.0 %  25.0 %     128  1/10       4

                Nobody watches it to rebalance by itself.
                Nothing is left over from moves.
                Next: ringshard serve --config bank.yaml
                """);
    }

    @Test
    void a_message_that_is_dead_awaits_somebody() {
        StatusReport report = new StatusReport(
                status(up("eu-1", 0.75, 1500), up("eu-2", 0.25, 500)),
                Optional.empty(),
                true,
                Optional.of(new OutboxTotals(2, 1, Optional.of(Duration.ofSeconds(5)))),
                NEXT);

        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertThat(report.lines(ScreenStyle.PLAIN))
                .contains("Next: ringshard recover --config bank.yaml")
                .anyMatch(line -> line.startsWith("1 message is dead: the handler has failed too often."));
    }

    @Test
    void a_reference_table_that_is_behind_on_a_shard_awaits_recovery() {
        StatusReport report = new StatusReport(
                new ClusterStatus(
                        "bank",
                        List.of(up("eu-1", 0.5, 0), up("eu-2", 0.5, 0)),
                        OptionalDouble.of(0),
                        Optional.empty(),
                        false,
                        List.of(),
                        List.of(),
                        List.of(new BehindCopy("countries", "eu-2", 3, 4))),
                Optional.empty(),
                true,
                Optional.empty(),
                NEXT);

        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertThat(report.lines(ScreenStyle.PLAIN))
                .contains(
                        "Reference table countries is at version 3 of 4 on eu-2; recover brings it to the newest.",
                        "Next: ringshard recover --config bank.yaml");
    }

    @Test
    void who_watches_and_what_it_decided_is_told_and_one_that_stopped_or_fell_silent_wants_a_person() {
        StatusReport well =
                watched(watch("db-1 (process 7)", Kind.OUTSIDE_HOURS, "Rows move from 01:00 to 05:00 (UTC) only.", 3));
        assertThat(well.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(well.lines(ScreenStyle.PLAIN))
                .containsSequence(
                        "Watched by db-1 (process 7) for 26 h 00 min: outside hours for 3 h 20 min, last look 4 min 10 s ago.",
                        "  Rows move from 01:00 to 05:00 (UTC) only.",
                        "Nothing is left over from moves.");
        assertThat(watched(watch("db-1 (process 7)", Kind.REBALANCES, "About 70 rows move.", 3))
                        .lines(ScreenStyle.PLAIN))
                .contains("Watched by db-1 (process 7) for 26 h 00 min: rebalances for 3 h 20 min.");

        StatusReport silent = watched(watch("db-1 (process 7)", Kind.EVEN, "All is even.", 600));
        assertThat(silent.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertThat(silent.lines(ScreenStyle.PLAIN))
                .containsSequence(
                        "The watch of db-1 (process 7) is silent for 10 min 00 s: it has died, or reaches no shard. It last said:",
                        "  even: All is even.");

        StatusReport stopped = watched(watch("db-1 (process 7)", Kind.STOPPED, "Shard eu-9 was set back.", 600));
        assertThat(stopped.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertThat(stopped.lines(ScreenStyle.PLAIN))
                .containsSequence(
                        "The watch of db-1 (process 7) stopped 3 h 20 min ago; nothing rebalances until a person has looked:",
                        "  Shard eu-9 was set back.")
                .endsWith("Next: ringshard verify --config bank.yaml");
        assertThat(String.valueOf(stopped.json().get("watches")))
                .contains("decision=stopped", "silent=false", "reason=Shard eu-9 was set back.", "heardSecondsAgo=600");
    }

    private static StatusReport watched(WatchStatus watch) {
        return new StatusReport(
                new ClusterStatus(
                        "bank",
                        List.of(up("eu-1", 0.5, 1_040), up("eu-2", 0.5, 960)),
                        OptionalDouble.of(0),
                        Optional.empty(),
                        false,
                        List.of(),
                        List.of(watch),
                        List.of()),
                Optional.empty(),
                true,
                Optional.empty(),
                NEXT);
    }

    private static WatchStatus watch(String instance, Kind kind, String reason, int heardSeconds) {
        return new WatchStatus(
                "id",
                instance,
                new WatchDecision(kind, 1, reason),
                new WatchStatus.Ages(
                        Duration.ofHours(26),
                        Duration.ofMinutes(200),
                        Duration.ofSeconds(250),
                        Duration.ofSeconds(heardSeconds)));
    }

    /** By the strategy {@code balanced}: its target is what the weights say, whoever owns what. */
    @Test
    void a_settled_cluster_whose_shares_are_not_quite_their_targets_says_why_nothing_moves() {
        StatusReport report = new StatusReport(
                new ClusterStatus(
                        "bank",
                        List.of(beside("eu-1", 0.52, 0.5, 1_040), beside("eu-2", 0.48, 0.5, 960)),
                        OptionalDouble.of(0),
                        Optional.empty(),
                        false,
                        List.of(),
                        List.of(),
                        List.of()),
                Optional.empty(),
                true,
                Optional.empty(),
                NEXT);
        assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
        assertScreen(ScreenStyle.PLAIN, report, """
                Cluster bank · 2 shards · 2,000 customers

                  shard  state  customers   share  target  ranges  pool  schema
                  eu-1   up         1,040  52.0 %  50.0 %       2     –       4
                  eu-2   up           960  48.0 %  50.0 %       2     –       4

                Nothing has to move: a shard may own 0.90 to 1.05 of its target.
                Nobody watches it to rebalance by itself.
                Nothing is left over from moves.
                Next: ringshard serve --config bank.yaml
                """);
    }

    @Test
    void pinned_keys_are_shown_with_where_they_are() {
        StatusReport report = new StatusReport(
                new ClusterStatus(
                        "bank",
                        List.of(up("eu-1", 0.75, 1500), up("eu-2", 0.25, 500)),
                        OptionalDouble.of(0x1p-64),
                        Optional.empty(),
                        false,
                        List.of(
                                new PinnedKey("tenant-1", "eu-2", Optional.of("eu-2")),
                                new PinnedKey("tenant-2", "eu-2", Optional.of("eu-1")),
                                new PinnedKey("tenant-3", "eu-2", Optional.empty())),
                        List.of(),
                        List.of()),
                Optional.empty(),
                true,
                Optional.empty(),
                NEXT);

        assertThat(report.lines(ScreenStyle.PLAIN))
                .containsSequence(
                        "  pinned    to    now",
                        "  tenant-1  eu-2  there",
                        "  tenant-2  eu-2  on eu-1",
                        "  tenant-3  eu-2  not known",
                        "");
        assertThat(report.json().get("pins"))
                .hasToString("[{key=tenant-1, shard=eu-2, owner=eu-2}, {key=tenant-2, shard=eu-2, owner=eu-1},"
                        + " {key=tenant-3, shard=eu-2, owner=null}]");
    }

    private static ShardStatus beside(String name, double share, double target, long customers) {
        return new ShardStatus(
                name,
                State.UP,
                Optional.empty(),
                share,
                target,
                OptionalLong.of(2),
                List.of(new TableRows("customers", customers, true)),
                Leftovers.NONE,
                Optional.of("4"),
                Optional.empty());
    }

    @Test
    void a_terminal_also_gets_bars() {
        assertScreen(
                TERMINAL,
                new StatusReport(
                        status(up("eu-1", 0.75, 0), up("eu-2", 0.25, 0)),
                        Optional.empty(),
                        true,
                        Optional.empty(),
                        NEXT),
                """
                Cluster bank · 2 shards · 0 customers

                  shard  state  customers   share                            target  ranges  pool  schema
                  eu-1   up             0  75.0 %  ████████████████████████  75.0 %     128  1/10       4
                  eu-2   up             0  25.0 %  ████████                  25.0 %     128  1/10       4

                Nobody watches it to rebalance by itself.
                Nothing is left over from moves.
                Next: ringshard load --config bank.yaml --customers FILE.csv --transactions FILE.csv
                """);
    }

    @Test
    void shards_that_are_down_or_new_say_so() {
        ShardStatus down = new ShardStatus(
                "eu-2",
                State.DOWN,
                Optional.of("Shard eu-2 cannot be reached: refused."),
                0,
                0.25,
                OptionalLong.empty(),
                List.of(),
                Leftovers.NONE,
                Optional.empty(),
                Optional.empty());
        ShardStatus fresh = new ShardStatus(
                "eu-3",
                State.NEW,
                Optional.empty(),
                0,
                0.25,
                OptionalLong.of(0),
                List.of(),
                new Leftovers(1, 1, 0),
                Optional.empty(),
                Optional.empty());

        StatusReport report = new StatusReport(
                status(up("eu-1", 0.5, 1), down, fresh), Optional.empty(), true, Optional.empty(), NEXT);

        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertScreen(ScreenStyle.PLAIN, report, """
                Cluster bank · 3 shards · about 1 customers on those that answer

                  shard  state  customers   share  target  ranges  pool  schema
                  eu-1   up             1  50.0 %  50.0 %     128  1/10       4
                  eu-2   down           –       –  25.0 %       –     –       –
                  eu-3   new            –   0.0 %  25.0 %       0     –       –

                Shard eu-2 cannot be reached: refused.
                50.0 % of the ring has no owner among the shards that answer.
                New, and to take part after a rebalance: eu-3.
                Nobody watches it to rebalance by itself.
                2 leftovers of moves await recovery.
                Next: see that what is down runs and lets its user in, then ringshard status --config bank.yaml
                """);
    }

    @Test
    void beside_a_shard_that_was_set_back_no_other_is_called_dispensable_and_what_nobody_owns_is_named() {
        ShardStatus drained = new ShardStatus(
                "eu-2",
                State.UP,
                Optional.empty(),
                0,
                0,
                OptionalLong.of(0),
                List.of(new TableRows("customers", 0, true)),
                Leftovers.NONE,
                Optional.of("4"),
                Optional.empty());
        ClusterStatus well = status(up("eu-1", 0.9, 1), drained);
        ClusterStatus setBack = new ClusterStatus(
                well.cluster(),
                well.shards(),
                well.pendingShare(),
                Optional.of("Shard eu-1 was set back in time."),
                true,
                well.pins(),
                well.watches(),
                well.behind());

        assertThat(new StatusReport(setBack, Optional.empty(), true, Optional.empty(), NEXT).lines(ScreenStyle.PLAIN))
                .contains(
                        "Shard eu-1 was set back in time.",
                        "10.0 % of the ring has no owner among the shards that answer.")
                .noneMatch(line -> line.contains("may be left out"));
        assertThat(new StatusReport(well, Optional.empty(), true, Optional.empty(), NEXT).lines(ScreenStyle.PLAIN))
                .contains("Empty now, and may be left out of the configuration: eu-2.");
    }

    @Test
    void a_rebalance_that_another_process_runs_is_shown_with_what_it_has_still_to_move() {
        ShardStatus source = new ShardStatus(
                "eu-1",
                State.UP,
                Optional.empty(),
                0.8,
                0.5,
                OptionalLong.of(1),
                List.of(new TableRows("customers", 8000, true)),
                new Leftovers(0, 1, 1),
                Optional.of("4"),
                Optional.empty());
        RebalanceInProgress moves = new RebalanceInProgress(
                3_021,
                Duration.ofMillis(1_250),
                List.of(new RebalanceInProgress.Remaining("eu-1", "eu-2", 0.3, 3_000)));
        StatusReport report = new StatusReport(
                status(source, up("eu-2", 0.2, 2_000)), Optional.of(moves), true, Optional.empty(), NEXT);
        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertScreen(ScreenStyle.PLAIN, report, """
                Cluster bank · 2 shards · about 10,000 customers

                  shard  state  customers   share  target  ranges  pool  schema
                  eu-1   up         8,000  80.0 %  50.0 %       1     –       4
                  eu-2   up         2,000  20.0 %  20.0 %     128  1/10       4

                A rebalance is under way: 3,021 rows moved in the last 1.3 s, 2,417/s.
                Still to move: at least 30.0 % of the ring.
                  from  to    of the ring  rows, about
                  eu-1  eu-2       30.0 %        3,000
                Nobody watches it to rebalance by itself.
                2 ranges are on the way, or just left.
                Next: ringshard status --config bank.yaml
                """);
    }

    @Test
    void a_new_shard_and_an_emptied_one_are_told_what_is_next() {
        ShardStatus fresh = new ShardStatus(
                "eu-3",
                State.NEW,
                Optional.empty(),
                0,
                0.5,
                OptionalLong.of(0),
                List.of(),
                Leftovers.NONE,
                Optional.empty(),
                Optional.empty());
        assertScreen(
                ScreenStyle.PLAIN,
                new StatusReport(
                        status(up("eu-1", 0, 0), up("eu-2", 1, 500), fresh),
                        Optional.empty(),
                        true,
                        Optional.empty(),
                        NEXT),
                """
                Cluster bank · 3 shards · 500 customers

                  shard  state  customers    share   target  ranges  pool  schema
                  eu-1   up             0    0.0 %    0.0 %     128  1/10       4
                  eu-2   up           500  100.0 %  100.0 %     128  1/10       4
                  eu-3   new            –    0.0 %   50.0 %       0     –       –

                New, and to take part after a rebalance: eu-3.
                Empty now, and may be left out of the configuration: eu-1.
                50.0 % of the ring is not where the configuration wants it; a rebalance would move it.
                Nobody watches it to rebalance by itself.
                Nothing is left over from moves.
                Next: ringshard plan --config bank.yaml
                """);
    }

    @Test
    void a_cluster_of_tables_of_ones_own_is_counted_by_them_and_told_to_load_nothing() {
        ShardStatus shard = new ShardStatus(
                "eu-1",
                State.UP,
                Optional.empty(),
                1,
                1,
                OptionalLong.of(1),
                List.of(
                        new TableRows("tenants", 0, true),
                        new TableRows("orders", 9_000_000, false),
                        new TableRows("notes", 0, true),
                        new TableRows("visits", 0, true),
                        new TableRows("order_lines", 0, true)),
                Leftovers.NONE,
                Optional.of("4"),
                Optional.empty());
        assertScreen(
                ScreenStyle.PLAIN,
                new StatusReport(status(shard), Optional.empty(), false, Optional.empty(), NEXT),
                """
                Cluster bank · 1 shard · 0 tenants, about 9,000,000 orders, 0 notes, and more in 2 other tables

                  shard  state             rows    share   target  ranges  pool  schema
                  eu-1   up     about 9,000,000  100.0 %  100.0 %       1     –       4

                Nobody watches it to rebalance by itself.
                Nothing is left over from moves.
                Next: ringshard serve --config bank.yaml
                """);
    }

    @Test
    void what_is_served_names_its_addresses() throws Exception {
        InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9470);
        assertScreen(ScreenStyle.PLAIN, new ServeReport("bank", here, true), """
                Cluster bank is shown at http://127.0.0.1:9470/

                  for Prometheus  http://127.0.0.1:9470/metrics
                  for health      http://127.0.0.1:9470/health

                It only looks, and changes nothing. Ctrl-C ends it.
                """);
    }

    @Test
    void what_is_served_to_others_says_so() throws Exception {
        InetSocketAddress everywhere = new InetSocketAddress(InetAddress.getByAddress(new byte[16]), 80);
        assertScreen(ScreenStyle.PLAIN, new ServeReport("bank", everywhere, false), """
                Cluster bank is shown at http://[0:0:0:0:0:0:0:0]:80/

                  for Prometheus  http://[0:0:0:0:0:0:0:0]:80/metrics
                  for health      http://[0:0:0:0:0:0:0:0]:80/health

                Whoever reaches this address may read all of it; there is no password.
                It only looks, and changes nothing. Ctrl-C ends it.
                """);
    }

    @Test
    void an_init_shows_who_got_what() {
        assertScreen(
                TERMINAL,
                new InitReport(
                        new InitOutcome(
                                8,
                                List.of(new Fenced("eu-1", "notes"), new Fenced("eu-2", "notes")),
                                List.of("eu-1", "eu-2")),
                        status(up("eu-1", 0.5, 0), up("eu-2", 0.5, 0)),
                        true,
                        NEXT),
                """
                Cluster bank is initialised: 8 migrations ran, 2 of its 2 shards got a part of the ring.
                Fenced: notes on all shards.

                  shard  share of the ring                            ranges  schema
                  eu-1              50.0 %  ████████████████████████     128       4
                  eu-2              50.0 %  ████████████████████████     128       4

                Next: ringshard load --config bank.yaml --customers FILE.csv --transactions FILE.csv
                """);
    }

    @Test
    void an_init_that_only_puts_a_fence_back_says_so() {
        InitOutcome outcome = new InitOutcome(0, List.of(new Fenced("eu-1", "notes")), List.of());
        InitReport report = new InitReport(outcome, status(up("eu-1", 0.5, 0), up("eu-2", 0.5, 0)), true, NEXT);

        assertThat(report.lines(ScreenStyle.PLAIN))
                .startsWith(
                        "Cluster bank was already initialised; 0 migrations ran, ownership did not change.",
                        "Fenced: notes on eu-1.");
        assertThat(new InitReport(new InitOutcome(0, List.of(), List.of()), report.status(), true, NEXT)
                        .lines(ScreenStyle.PLAIN))
                .startsWith("Cluster bank was already initialised; nothing changed.", "");
    }

    @Test
    void an_init_that_meets_a_shard_that_was_set_back_says_so_and_does_not_end_with_0() {
        ClusterStatus met = new ClusterStatus(
                "bank",
                List.of(up("eu-1", 1, 0)),
                OptionalDouble.empty(),
                Optional.of("Shard eu-2 was set back in time."),
                false,
                List.of(),
                List.of(),
                List.of());
        InitReport report = new InitReport(new InitOutcome(0, List.of(), List.of()), met, true, NEXT);

        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertThat(report.lines(ScreenStyle.PLAIN))
                .endsWith("", "Shard eu-2 was set back in time.", "", "Next: ringshard status --config bank.yaml");
    }

    @Test
    void a_configuration_that_is_checked_shows_what_each_database_says() {
        ClusterCheck check = new ClusterCheck(
                "bank",
                List.of(
                        checked("eu-1", ClusterCheck.State.MEMBER, Optional.empty()),
                        checked("eu-2", ClusterCheck.State.OUTDATED, Optional.of("Shard eu-2 has schema version 3."))));
        ConfigCheckReport report = new ConfigCheckReport(Path.of("bank.yaml"), RingConfig.DEFAULT, check, NEXT);
        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertScreen(ScreenStyle.PLAIN, report, """
                Cluster bank · 2 shards · md5, 128 virtual nodes for a weight of 1, strategy balanced

                  shard  state     says it is    server           schema  database
                  eu-1   member    eu-1 of bank  PostgreSQL 18.6       4  jdbc:postgresql://db/eu-1
                  eu-2   outdated  eu-2 of bank  PostgreSQL 18.6       4  jdbc:postgresql://db/eu-2

                Shard eu-2 has schema version 3.
                Next: ringshard init --config bank.yaml
                """);
    }

    @Test
    void the_next_step_after_a_check_is_where_the_problem_is_mended() {
        ClusterCheck check =
                new ClusterCheck("bank", List.of(checked("eu-1", ClusterCheck.State.MEMBER, Optional.empty())));

        assertThat(nextOf(check, Concern.SET_BACK, ExitCode.DIFFERENCES))
                .isEqualTo("ringshard verify --config bank.yaml");
        assertThat(nextOf(check, Concern.OWNERSHIP, ExitCode.DIFFERENCES))
                .isEqualTo("ringshard status --config bank.yaml");
        assertThat(nextOf(check, Concern.DEFINITIONS, ExitCode.DIFFERENCES))
                .startsWith("mend the tables, or correct bank.yaml");
        assertThat(nextOf(check, Concern.TABLES, ExitCode.USAGE)).startsWith("mend the tables, or correct bank.yaml");
        assertThat(nextOf(check, Concern.CONFIGURATION, ExitCode.USAGE))
                .startsWith("correct bank.yaml, then ringshard config check");
    }

    private static String nextOf(ClusterCheck check, Concern concern, ExitCode ends) {
        ConfigCheckReport report = new ConfigCheckReport(
                Path.of("bank.yaml"), RingConfig.DEFAULT, check.withProblem(concern, "A problem."), NEXT);
        assertThat(report.exitCode()).as(concern.name()).isEqualTo(ends);
        List<String> lines = report.lines(ScreenStyle.PLAIN);
        assertThat(lines).contains("A problem.");
        return lines.get(lines.size() - 1).replaceFirst("^Next: ", "");
    }

    private static ClusterCheck.ShardCheck checked(String name, ClusterCheck.State state, Optional<String> problem) {
        return new ClusterCheck.ShardCheck(
                name,
                "jdbc:postgresql://db/" + name,
                state,
                Optional.of("PostgreSQL 18.6"),
                Optional.of("4"),
                Optional.of(new ClusterCheck.Identity("bank", name)),
                problem);
    }

    @Test
    void a_recovery_says_what_it_did_and_what_it_could_not() {
        assertScreen(
                ScreenStyle.PLAIN,
                new RecoverReport(
                        "bank",
                        new RecoveryOutcome(0, 0, 0, 0, List.of()),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        NEXT),
                """
                Cluster bank · nothing to tidy up

                Nothing is left over from moves.
                Next: ringshard verify --config bank.yaml
                """);
        RecoverReport partial = new RecoverReport(
                "bank",
                new RecoveryOutcome(1, 2, 1, 3, List.of("eu-3", "eu-4")),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                NEXT);
        assertThat(partial.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertScreen(ScreenStyle.PLAIN, partial, """
                Cluster bank · 1 handover finished, 2 staged copies dropped, 1 departed range emptied

                Not reached: eu-3, eu-4. What needs them is still to do.
                3 leftovers of moves remain: a mover is at work, or a shard that is needed was not reached.
                Next: see that each database that is down runs, then ringshard recover --config bank.yaml
                """);
    }

    @Test
    void a_recovery_names_a_shard_that_has_lost_something_and_is_taken_as_it_is() {
        RecoverReport report = new RecoverReport(
                "bank",
                new RecoveryOutcome(0, 0, 0, 0, List.of()).withLoss(List.of("eu-2")),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                NEXT);
        assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
        assertScreen(ScreenStyle.PLAIN, report, """
                Cluster bank · nothing to tidy up

                Shard eu-2 was set back in time: what was written there since is lost.
                Nothing contradicts what is left of it, and it was taken as it is.
                Next: ringshard verify --config bank.yaml
                """);
    }

    @Test
    void a_recovery_changes_nothing_while_nobody_has_decided_about_a_loss() {
        RecoverReport report = new RecoverReport(
                "bank",
                new RecoveryOutcome(0, 0, 0, 0, List.of()).withUndecided(List.of("eu-2")),
                Optional.of("Shard eu-2 was set back in time."),
                Optional.empty(),
                Optional.empty(),
                NEXT);
        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertScreen(ScreenStyle.PLAIN, report, """
                Cluster bank · nothing was changed

                Shard eu-2 was set back in time.
                Next: bring what was set back to its newest state, then ringshard status --config bank.yaml
                """);
        assertThat(RecoverReport.sentence(report.recovered()))
                .isEqualTo(
                        "nothing was changed. What was written last to eu-2 is lost, and nobody has decided about that.");
    }

    @Test
    void a_recovery_names_a_shard_that_was_set_back_and_messages_that_were_not_delivered() {
        RecoverReport report = new RecoverReport(
                "bank",
                new RecoveryOutcome(0, 0, 0, 2, List.of()),
                Optional.of("Shard eu-2 was set back in time."),
                Optional.empty(),
                Optional.of(new OutboxTotals(3, 1, Optional.of(Duration.ofSeconds(252)))),
                NEXT);
        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertScreen(ScreenStyle.PLAIN, report, """
                Cluster bank · nothing to tidy up

                Shard eu-2 was set back in time.
                3 messages between keys are not delivered, the oldest for 4 min 12 s.
                1 of these is dead: the handler has failed too often.
                What each met last is in the column last_failure of the outbox, and in the log.
                2 leftovers of moves stay until that is mended.
                Next: bring what was set back to its newest state, then ringshard status --config bank.yaml
                """);
    }

    @Test
    void a_place_on_the_ring_shows_token_and_range() {
        Location location = new Location("it's", -42, new TokenRange(-100, 7), "eu-1");
        assertScreen(ScreenStyle.PLAIN, new LocateReport(List.of(location), Pins.NONE, true, NEXT), """
                  key   shard  token  range from  to
                  it's  eu-1     -42        -100   7

                Next: ringshard get --config bank.yaml 'it'\\''s'
                """);
    }
}
