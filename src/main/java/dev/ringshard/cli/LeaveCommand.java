package dev.ringshard.cli;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.command.ClusterCommand;
import dev.ringshard.cli.screen.ProgressLine;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.status.LeaveOutcome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "leave",
        description = "Takes Ringshard out of the database of a cluster's single shard.",
        footer = {
            "",
            "Example: ringshard leave --config shop.yaml --yes",
            "",
            "Without --yes it only shows what would go: the triggers of the fence, the",
            "indexes on tokens, and the schema ringshard. All tables and rows stay, and",
            "whoever works on the database directly goes on. The shard must own the whole",
            "ring. What reaches the database through Ringshard has to reach it directly",
            "before. Safe to repeat; init takes back what has not ended.",
        })
final class LeaveCommand extends ClusterCommand {
    @Option(names = "--yes", description = "Do it.")
    boolean yes;

    LeaveCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        RingshardConfig config = config();
        LeaveOutcome leaving = yes ? leave(config) : Ringshard.planLeave(config);
        return new LeaveReport(config.cluster(), leaving, yes, sameCommand("--yes"));
    }

    private LeaveOutcome leave(RingshardConfig config) {
        ProgressLine progress = new ProgressLine(terminal, "leaving");
        try {
            return Ringshard.leave(config, progress::tell);
        } finally {
            progress.finish();
        }
    }
}
