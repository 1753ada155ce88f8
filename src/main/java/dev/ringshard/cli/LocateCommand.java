package dev.ringshard.cli;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.command.ClusterCommand;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "locate",
        description = "Shows where keys live: token, shard, and the range of the ring that they are in.",
        footer = {
            "",
            "Example: ringshard locate acme globex --config shop.yaml",
            "",
            "Any key has a place, whether or not there are rows with it.",
        })
final class LocateCommand extends ClusterCommand {
    @Parameters(paramLabel = "KEY", arity = "1..*", description = "The keys, as texts.")
    List<String> keys = List.of();

    LocateCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        RingshardConfig config = config();
        try (Ringshard cluster = opened(config)) {
            return new LocateReport(
                    keys.stream().map(cluster.router()::locate).toList(),
                    config.ring().pins(),
                    config.bank().isOn(),
                    next());
        }
    }
}
