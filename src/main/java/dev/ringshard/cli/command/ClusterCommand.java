package dev.ringshard.cli.command;

import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.ConfigurationException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.ShardUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A command that works on the cluster of a configuration file. */
public abstract class ClusterCommand extends ReportCommand {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = "ringshard.yaml",
            description = "The cluster's configuration; default: ${DEFAULT-VALUE}.")
    protected Path configFile = Path.of("ringshard.yaml");

    protected ClusterCommand(Terminal terminal) {
        super(terminal);
    }

    protected RingshardConfig config() {
        return RingshardConfig.load(configFile);
    }

    protected final NextStep next() {
        return new NextStep(terminal.program(), configFile.toString());
    }

    private String name() {
        return getClass().getAnnotation(Command.class).name();
    }

    /** The command that helps after a failure, where there is one. */
    Optional<String> nextAfter(Throwable failure) {
        if (failure instanceof ConfigurationException && Files.notExists(configFile)) {
            return Optional.of(
                    "%s config example > %s".formatted(terminal.program(), NextStep.quoted(configFile.toString())));
        }
        if (failure instanceof ForeignShardException misfit && misfit.concernsTables()) {
            return Optional.of(
                    "mend the tables, or correct %s, then %s".formatted(next().config(), next().command(name())));
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
