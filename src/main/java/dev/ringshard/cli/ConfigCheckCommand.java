package dev.ringshard.cli;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.command.ClusterCommand;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import picocli.CommandLine.Command;

@Command(
        name = "check",
        description = "Reads the configuration and asks each database who it is; tells all problems at once.",
        footer = {
            "",
            "Example: ringshard config check --config shop.yaml",
            "",
            "Nothing is changed. Ends with 2 if the configuration is wrong (it cannot be",
            "read, a database is not the shard that it is configured as, or a shard that",
            "owns part of the ring is left out), with 1 if a database cannot be reached,",
            "and with 3 if one is not initialised yet or has another schema version, was",
            "set back in time, or defines its tables so that rows cannot move to others.",
        })
final class ConfigCheckCommand extends ClusterCommand {
    ConfigCheckCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        RingshardConfig config = config();
        return new ConfigCheckReport(configFile, config.ring(), Ringshard.check(config), next());
    }
}
