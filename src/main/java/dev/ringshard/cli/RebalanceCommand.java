package dev.ringshard.cli;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.command.ClusterCommand;
import dev.ringshard.cli.command.Interruption;
import dev.ringshard.cli.screen.ElapsedTimeLine;
import dev.ringshard.cli.screen.ProgressLine;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.event.Events;
import dev.ringshard.event.RingshardListener;
import dev.ringshard.event.WatchDecision;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.config.Durations;
import dev.ringshard.rebalance.RebalancePlan;
import dev.ringshard.rebalance.RebalanceProgress;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.rebalance.RebalanceSettings;
import dev.ringshard.rebalance.RebalanceWatch;
import dev.ringshard.rebalance.Rebalancer;
import dev.ringshard.rebalance.Rebalancing;
import dev.ringshard.rebalance.WatchSettings;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "rebalance",
        description = "Moves rows until every shard owns what it should by the configuration.",
        footer = {
            "",
            "Example: ringshard rebalance --config shop.yaml --yes",
            "",
            "Without --yes it only shows the plan. Everything stays readable and writable",
            "meanwhile; writes to a key wait for milliseconds, once, when that key moves.",
            "Ctrl-C ends it after the chunk under way, and it may be killed at any",
            "moment: what has moved stays where it is, and repeating the command moves the",
            "rest. Ends with 3 if something is left to move.",
        })
final class RebalanceCommand extends ClusterCommand {
    @Option(names = "--yes", description = "Do it.")
    boolean yes;

    @Option(
            names = "--chunk",
            paramLabel = "ROWS",
            defaultValue = "100000",
            description = "Rows of a table that are handed over together, at most; so much may have to be copied again"
                    + " after a crash; default: ${DEFAULT-VALUE}.")
    long chunkRows;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "1",
            description = "Pairs of shards that move rows at the same time, 1 to 64; default: ${DEFAULT-VALUE}.")
    int parallel;

    @Option(
            names = "--max-rate",
            paramLabel = "ROWS",
            description = "Rows a second at most, all together; 0 for no limit. Default: no limit, with --watch 2000.")
    @Nullable
    Long maxRate;

    @Option(
            names = "--schema-from",
            paramLabel = "SHARD",
            description =
                    "Give empty databases that join what this shard's defines, by pg_dump and psql, before anything else.")
    @Nullable
    String schemaFrom;

    @ArgGroup(exclusive = false)
    @Nullable
    Watch watch;

    /** Of a rebalance that watches; none of the others is taken without the first. */
    static final class Watch {
        @Option(
                names = "--watch",
                required = true,
                description =
                        "Rebalance by itself, again and again, when rows lie too unevenly or the configuration asks"
                                + " for it; until Ctrl-C, or something is unsound.")
        boolean isOn;

        @Option(
                names = "--hours",
                paramLabel = "FROM-UNTIL",
                description = "With --watch: move rows between these times of the day only, such as 01:00-05:30.")
        @Nullable
        String hours;

        @Option(
                names = "--threshold",
                paramLabel = "RATIO",
                defaultValue = "1.1",
                description = "With --watch: from which part of its fair share on, held by the fullest shard; default:"
                        + " ${DEFAULT-VALUE}.")
        double threshold;

        @Option(
                names = "--every",
                paramLabel = "DURATION",
                defaultValue = "5m",
                description =
                        "With --watch: from one look to the next, such as 20s, 5m or 1h; a bare number is seconds;"
                                + " default: ${DEFAULT-VALUE}.")
        String every = "5m";

        WatchSettings settings(RebalanceSettings settings) {
            WatchSettings always = WatchSettings.DEFAULT
                    .withThreshold(threshold)
                    .withEvery(every(every))
                    .withSettings(settings);
            return hours == null ? always : always.withHours(WatchSettings.Hours.parse(hours));
        }
    }

    RebalanceCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        RebalanceSettings settings = argument(() -> new RebalanceSettings(parallel, rowsPerSecond(), chunkRows));
        Optional<WatchSettings> watching =
                Optional.ofNullable(watch).map(said -> argument(() -> said.settings(settings)));
        try (Ringshard cluster = opened(config())) {
            if (yes && watching.isPresent()) {
                return watched(cluster, watching.get());
            }
            if (yes && schemaFrom != null) {
                copySchema(cluster, schemaFrom);
            }
            for (int i = 1; ; i++) {
                RebalancePlan plan = PlanCommand.planned(cluster, terminal); // nothing moves: Ctrl-C ends it at once
                if (!yes) {
                    watching.ifPresent(later -> terminal.err()
                            .println("Nobody watches yet: %s begins it. This is what there is to move now."
                                    .formatted(sameCommand("--yes"))));
                    return new PlanReport(plan, settings, sameCommand("--yes"), next());
                }
                if (!json) {
                    new PlanReport(plan, settings, sameCommand(), next())
                            .planned(terminal.style())
                            .forEach(terminal.err()::println);
                }
                try (Interruption interruption = Interruption.watch()) {
                    try {
                        return done(cluster.rebalancer(), plan, settings, interruption);
                    } catch (StaleVersionException overtaken) {
                        if (i == Rebalancer.MOST_PLANS || interruption.isRequested()) {
                            throw overtaken;
                        }
                    }
                }
                terminal.err().println("Another mover has changed who owns what. Making a new plan.");
            }
        }
    }

    OptionalLong rowsPerSecond() {
        RebalanceSettings unsaid = watch == null ? RebalanceSettings.DEFAULT : WatchSettings.DEFAULT.settings();
        return maxRate == null
                ? unsaid.rowsPerSecond()
                : maxRate == 0 ? OptionalLong.empty() : OptionalLong.of(maxRate);
    }

    @Override
    protected Optional<String> nextAfter(Throwable failure) {
        if (failure instanceof SqlFailedException) { // most often a value that is to be unique, and was on two shards
            return Optional.of(next().command("verify"));
        }
        return failure instanceof InvalidInputException && schemaFrom != null
                ? Optional.of(next().command("rebalance", "--yes --schema-from SHARD"))
                : super.nextAfter(failure);
    }

    private static Duration every(String text) {
        return Durations.parse(text.matches("[0-9]+") ? text + "s" : text)
                .orElseThrow(() -> new InvalidInputException(
                        "--every is '%s': a whole number with a unit is allowed, ms, s, m or h, such as 20s or 5m. Nothing was moved."
                                .formatted(text)));
    }

    /** Each decision that is another than the one before is told as it comes. */
    private WatchReport watched(Ringshard cluster, WatchSettings settings) {
        List<WatchDecision> told = new CopyOnWriteArrayList<>();
        RingshardListener listener = new RingshardListener() {
            @Override
            public void decided(WatchDecision decision) {
                if (told.isEmpty() || told.get(told.size() - 1).kind() != decision.kind()) {
                    told.add(decision);
                    terminal.err()
                            .println("%s %s: %s"
                                    .formatted(
                                            LocalTime.now(ZoneId.systemDefault())
                                                    .truncatedTo(ChronoUnit.SECONDS),
                                            WatchReport.word(decision),
                                            decision.reason()));
                }
            }
        };
        Events.Listening listening = cluster.events().listen(listener);
        try (Interruption interruption = Interruption.watch();
                RebalanceWatch running = cluster.rebalancer().watch(settings)) {
            interruption.onRequest(running::close);
            running.await();
            return new WatchReport(told, next());
        } finally {
            listening.close();
        }
    }

    private void copySchema(Ringshard cluster, String from) {
        List<String> given = ElapsedTimeLine.during(terminal, "copying the schema", () -> cluster.copySchema(from));
        terminal.err()
                .println(
                        given.isEmpty()
                                ? "No database that joins is empty: none was given a schema."
                                : "Given the schema of %s: %s.".formatted(from, String.join(", ", given)));
    }

    private RebalanceOutcomeReport done(
            Rebalancer rebalancer, RebalancePlan plan, RebalanceSettings settings, Interruption interruption) {
        ProgressLine progress = new ProgressLine(terminal, "moving");
        try {
            Rebalancing running = rebalancer.start(plan, settings, now -> tell(progress, now));
            interruption.onRequest(() -> {
                terminal.err()
                        .println("Stopping after the chunks under way. Once more ends it at once, which is safe, too.");
                running.cancel();
            });
            RebalanceReport report = running.await();
            return new RebalanceOutcomeReport(plan, report, next());
        } finally {
            progress.finish();
        }
    }

    private static void tell(ProgressLine progress, RebalanceProgress now) {
        progress.tell(
                now.doneRows(),
                "rows",
                now.doneShare(),
                now.waitsFor().map(reason -> "waits: " + reason).orElse(""));
    }
}
