package dev.ringshard.cli;

import dev.ringshard.Ringshard;
import java.util.List;
import picocli.CommandLine.Parameters;

@picocli.CommandLine.Command(
        name = "locate",
        description = "Shows where keys live: token, shard, and the range of the ring that they are in.",
        footer = {
            "",
            "Example: ringshard locate c-1001 c-1002 --config bank.yaml",
            "",
            "Any key has a place, whether or not there is a customer with it.",
        })
final class LocateCommand extends ClusterCommand {
    @Parameters(paramLabel = "KEY", arity = "1..*", description = "Keys of customers.")
    List<String> keys = List.of();

    LocateCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Report run() {
        try (Ringshard cluster = Ringshard.open(config())) {
            return new LocateReport(keys.stream().map(cluster.router()::locate).toList(), next());
        }
    }
}
