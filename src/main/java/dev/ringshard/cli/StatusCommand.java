package dev.ringshard.cli;

import dev.ringshard.Ringshard;

@picocli.CommandLine.Command(
        name = "status",
        description =
                "Shows each shard: whether it answers, its customers, its share of the ring and what it should own.",
        footer = {
            "",
            "Example: ringshard status --config bank.yaml",
            "",
            "Ends with 3 if the cluster is not settled: a shard is down or new, owns another share than it",
            "should, or has something left over from a move.",
        })
final class StatusCommand extends ClusterCommand {
    StatusCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Report run() {
        try (Ringshard cluster = Ringshard.open(config())) {
            return new StatusReport(cluster.status(), next());
        }
    }
}
