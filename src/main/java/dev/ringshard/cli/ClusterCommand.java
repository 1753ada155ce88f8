package dev.ringshard.cli;

import dev.ringshard.config.RingshardConfig;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** A command that works on the cluster of a configuration file. */
abstract class ClusterCommand extends Command {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = "ringshard.yaml",
            description = "The cluster's configuration; default: ${DEFAULT-VALUE}.")
    Path configFile = Path.of("ringshard.yaml");

    ClusterCommand(Terminal terminal) {
        super(terminal);
    }

    RingshardConfig config() {
        return RingshardConfig.load(configFile);
    }

    Next next() {
        return new Next(terminal.program(), configFile.toString());
    }
}
