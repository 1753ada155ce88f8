package dev.ringshard.cli;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.ConfigurationException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.ShardUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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

    /** The command that helps after a failure, where there is one. */
    Optional<String> nextAfter(Throwable failure) {
        if (failure instanceof ConfigurationException && Files.notExists(configFile)) {
            return Optional.of(
                    "%s config example > %s".formatted(terminal.program(), Next.quoted(configFile.toString())));
        }
        if (failure instanceof ForeignShardException || failure instanceof ShardUnavailableException) {
            return Optional.of(next().command("config check"));
        }
        if (failure instanceof NoOwnerException) {
            return Optional.of(next().command("status"));
        }
        return Optional.empty();
    }
}
