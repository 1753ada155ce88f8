package dev.ringshard.cli.command;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.screen.ElapsedTimeLine;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.ScreenText;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ConfigurationException;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.ShardUnavailableException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** A command that works on the cluster of a configuration file. */
public abstract class ClusterCommand extends ReportCommand {
    private static final String CONFIG = "--config";

    @Option(
            names = CONFIG,
            paramLabel = "FILE",
            defaultValue = "ringshard.yaml",
            description = "The cluster's configuration; default: ${DEFAULT-VALUE}.")
    protected Path configFile = Path.of("ringshard.yaml");

    /** Other arguments would not help. */
    private boolean isRefused;

    protected ClusterCommand(Terminal terminal) {
        super(terminal);
    }

    /**
     * As configured.
     *
     * @throws CommandException if the command cannot work with it
     */
    protected final RingshardConfig config() {
        RingshardConfig config = RingshardConfig.load(configFile);
        Optional<String> refusal = refusal(config);
        if (refusal.isPresent()) {
            isRefused = true;
            throw new CommandException(ExitCode.USAGE, refusal.get());
        }
        return config;
    }

    /**
     * One shard, as configured.
     *
     * @throws CommandException if there is none of that name
     */
    protected final ShardConfig shard(RingshardConfig config, String name) {
        return config.shard(name)
                .orElseThrow(() -> new CommandException(
                        ExitCode.USAGE,
                        "There is no shard %s in %s, which has %s. Nothing was done."
                                .formatted(
                                        ScreenText.printable(name),
                                        configFile,
                                        config.shards().stream()
                                                .map(ShardConfig::name)
                                                .collect(Collectors.joining(", ")))));
    }

    /** Opens a cluster, which takes its time where a shard is down, and says so meanwhile. */
    protected final Ringshard opened(RingshardConfig config) {
        return ElapsedTimeLine.during(terminal, "asking the shards", () -> Ringshard.open(config));
    }

    /** Why the command cannot work with this configuration, whatever its arguments are; empty if it can. */
    protected Optional<String> refusal(RingshardConfig config) {
        return Optional.empty();
    }

    /** As {@link #refusal}, where the arguments are wrong; empty as well if the configuration cannot be read. */
    Optional<String> refusal(List<String> arguments) {
        try {
            configFile(arguments).ifPresent(file -> configFile = Path.of(file));
            return refusal(RingshardConfig.load(configFile));
        } catch (ConfigurationException | InvalidPathException unreadable) {
            return Optional.empty();
        }
    }

    /** It may stand behind the argument at which the reading of them ended. */
    private static Optional<String> configFile(List<String> arguments) {
        int option = arguments.lastIndexOf(CONFIG);
        return option >= 0 && option + 1 < arguments.size()
                ? Optional.of(arguments.get(option + 1))
                : arguments.stream()
                        .filter(argument -> argument.startsWith(CONFIG + "="))
                        .map(argument -> argument.substring(CONFIG.length() + 1))
                        .reduce((before, last) -> last);
    }

    protected final NextStep next() {
        return new NextStep(terminal.program(), configFile.toString());
    }

    /** Of the command, such as {@code config check}. */
    private String name() {
        return spec.qualifiedName(" ").substring(spec.root().name().length() + 1);
    }

    /** The command that helps after a failure, where there is one. */
    protected Optional<String> nextAfter(Throwable failure) {
        if (failure instanceof ConfigurationException && Files.notExists(configFile)) {
            return Optional.of(
                    "%s config example > %s".formatted(terminal.program(), NextStep.quoted(configFile.toString())));
        }
        if (failure instanceof ForeignShardException misfit && misfit.concernsTables()) {
            return Optional.of(
                    "mend the tables, or correct %s, then %s".formatted(next().config(), next().command(name())));
        }
        if (failure instanceof ForeignShardException misfit && misfit.awaitsInit()) {
            return Optional.of(next().command("init"));
        }
        if (failure instanceof ForeignShardException || failure instanceof ShardUnavailableException) {
            return Optional.of(next().command("config check"));
        }
        if (failure instanceof NoOwnerException) {
            return Optional.of(next().command("status"));
        }
        if (failure instanceof CorruptionException) {
            return Optional.of(next().command("verify"));
        }
        if (failure instanceof ConfigurationException) {
            return Optional.of("correct %s, then %s".formatted(next().config(), next().command("config check")));
        }
        if (failure instanceof InvalidInputException
                || (failure instanceof CommandException own && own.exitCode() == ExitCode.USAGE && !isRefused)) {
            return Optional.of("%s %s --help".formatted(terminal.program(), name()));
        }
        return Optional.empty();
    }
}
