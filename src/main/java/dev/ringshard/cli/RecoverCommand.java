package dev.ringshard.cli;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.command.ClusterCommand;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.ProgressLine;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.outbox.OutboxTotals;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.RecoveryOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "recover",
        description = "Tidies up after moves that were interrupted: finishes, drops, and deletes what they left.",
        footer = {
            "",
            "Example: ringshard recover --config shop.yaml",
            "",
            "A handover that is committed is finished. A staged copy that no mover can hand",
            "over any more is dropped. Rows that were handed over are deleted from where they",
            "were. Messages between keys that a process has sent, and not delivered before",
            "it died, are delivered. Nothing else is touched.",
            "",
            "Safe at any time, while applications work and while a rebalance runs. A shard",
            "that is down keeps nothing else from being done. Ends with 3 if something",
            "remains to do, or part of the ring has no owner.",
            "",
            "A shard that was set back in time, and has lost what was written there since, is",
            "named, and nothing is changed. Bring it to its newest state; where that is gone",
            "for good, --restored takes it as it is, unless other shards contradict.",
        })
final class RecoverCommand extends ClusterCommand {
    @Option(
            names = "--restored",
            paramLabel = "SHARD",
            split = ",",
            description = "Take this shard as it is, although what was written there last is lost.")
    List<String> restored = List.of();

    RecoverCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        RingshardConfig config = config();
        long begun = System.nanoTime();
        try (Ringshard cluster = opened(config)) {
            RecoveryOutcome recovered = recovered(cluster, Set.copyOf(restored), terminal);
            ClusterStatus after = cluster.status();
            return new RecoverReport(
                    config.cluster(),
                    recovered,
                    after.isSetBack() ? after.problem() : Optional.empty(),
                    ownerless(after),
                    StatusCommand.messages(cluster, config)
                            .filter(totals -> isOlder(totals, Duration.ofNanos(System.nanoTime() - begun))),
                    next());
        }
    }

    /** What keeps the ring from being owned as a whole, where every shard answers and none was set back. */
    private static Optional<String> ownerless(ClusterStatus status) {
        boolean canTell = !status.isSetBack()
                && status.shards().stream().noneMatch(shard -> shard.state() == ClusterStatus.State.DOWN);
        return !canTell || status.pendingShare().isPresent()
                ? Optional.empty()
                : status.problem().or(() -> Optional.of(sentence(status)));
    }

    private static String sentence(ClusterStatus status) {
        double owned = status.shards().stream()
                .mapToDouble(ClusterStatus.ShardStatus::share)
                .sum();
        return "%s of the ring has no owner among the shards that are configured: one may be missing."
                .formatted(owned > 0.999 ? "A small part" : Numbers.percent(1 - owned));
    }

    /** Whether some were sent before: what is on its way between processes that live comes and goes. */
    private static boolean isOlder(OutboxTotals totals, Duration elapsed) {
        return totals.dead() > 0
                || totals.oldest().filter(age -> age.compareTo(elapsed) > 0).isPresent();
    }

    /** With progress, because what a large shard has left may be many rows. */
    static RecoveryOutcome recovered(Ringshard cluster, Set<String> restored, Terminal terminal) {
        ProgressLine progress = new ProgressLine(terminal, "tidying up");
        try {
            return cluster.recover(
                    restored,
                    (rows, ranges, allRanges) -> progress.tell(
                            rows,
                            "rows deleted",
                            (double) ranges / allRanges,
                            "range %d of %d".formatted(ranges, allRanges)));
        } finally {
            progress.finish();
        }
    }
}
