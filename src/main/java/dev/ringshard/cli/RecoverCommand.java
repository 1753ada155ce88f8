package dev.ringshard.cli;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.command.ClusterCommand;
import dev.ringshard.cli.screen.ProgressLine;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.outbox.OutboxTotals;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.RecoveryOutcome;
import java.util.Optional;
import picocli.CommandLine.Command;

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
            "remains to do, or if a shard that was set back in time, and has lost what was",
            "written there since, was taken as it is.",
        })
final class RecoverCommand extends ClusterCommand {
    RecoverCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        RingshardConfig config = config();
        try (Ringshard cluster = opened(config)) {
            RecoveryOutcome recovered = recovered(cluster, terminal);
            ClusterStatus after = cluster.status();
            return new RecoverReport(
                    config.cluster(),
                    recovered,
                    after.isSetBack() ? after.problem() : Optional.empty(),
                    StatusCommand.messages(cluster, config)
                            .map(OutboxTotals::dead)
                            .orElse(0L),
                    next());
        }
    }

    /** With progress, because what a large shard has left may be many rows. */
    static RecoveryOutcome recovered(Ringshard cluster, Terminal terminal) {
        ProgressLine progress = new ProgressLine(terminal, "tidying up");
        try {
            return cluster.recover((rows, ranges, allRanges) -> progress.tell(
                    rows, "rows deleted", (double) ranges / allRanges, "range %d of %d".formatted(ranges, allRanges)));
        } finally {
            progress.finish();
        }
    }
}
