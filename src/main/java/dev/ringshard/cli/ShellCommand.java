package dev.ringshard.cli;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.command.ClusterCommand;
import dev.ringshard.cli.command.CommandException;
import dev.ringshard.cli.command.Interruption;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.DatabaseSource;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.shard.PostgresTools;
import dev.ringshard.routing.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "shell",
        description = "Opens psql on the shard that owns a key, or on one by name.",
        footer = {
            "",
            "Example: ringshard shell acme --config shop.yaml",
            "Example: ringshard shell acme -- -c \"SELECT * FROM orders LIMIT 5\"",
            "Example: ringshard shell --shard eu-2",
            "",
            "As the user of the configuration; the password is not shown to anybody. What",
            "stands behind -- is psql's. The shard refuses writes to keys that it does not",
            "own, also to this one, should it move meanwhile; reads see the rows of all keys",
            "of the shard. With --json it only says where the key is, and opens nothing.",
        })
final class ShellCommand extends ClusterCommand {
    @Parameters(index = "0", arity = "0..1", paramLabel = "KEY", description = "The key, as text.")
    @Nullable
    String key;

    @Option(names = "--shard", paramLabel = "SHARD", description = "Open this shard, and ask no other.")
    @Nullable
    String shard;

    @Parameters(index = "1..*", paramLabel = "PSQL", arity = "0..*", description = "Further arguments, for psql.")
    List<String> arguments = List.of();

    ShellCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        RingshardConfig config = config();
        Optional<Location> location = located(config);
        ShardConfig chosen = shard(config, location.map(Location::shard).orElse(String.valueOf(shard)));
        DatabaseSource.Jdbc database = database(chosen, location.isPresent());
        ShellReport report = new ShellReport(chosen.name(), location, database, ExitCode.DONE);
        if (json) {
            return report;
        }
        terminal.err().println(report.heading());
        terminal.err().flush();
        return new ShellReport(chosen.name(), location, database, opened(database));
    }

    /** Of a key; empty if the shard was named. */
    private Optional<Location> located(RingshardConfig config) {
        String asked = key;
        if (shard != null) {
            require(
                    asked == null || asked.startsWith("-"),
                    "A key and --shard each name a shard: give one of them. What is for psql stands behind --.");
            return Optional.empty();
        }
        require(asked != null, "Give a key, whose shard is opened, or --shard.");
        try (Ringshard cluster = opened(config)) {
            return Optional.of(cluster.router().locate(Objects.requireNonNull(asked)));
        }
    }

    /** With a shard's name, what stands first is for psql, too. */
    private List<String> ofPsql() {
        List<String> all = new ArrayList<>(List.of("psql"));
        if (shard != null && key != null) {
            all.add(key);
        }
        all.addAll(arguments);
        return all;
    }

    private static DatabaseSource.Jdbc database(ShardConfig shard, boolean isOfKey) {
        return PostgresTools.reachable(shard)
                .orElseThrow(() -> new CommandException(
                        ExitCode.USAGE,
                        "%s is on %s, and psql opens databases of PostgreSQL only. Nothing was done. For queries, take the command sql with %s."
                                .formatted(
                                        isOfKey
                                                ? "The key is on shard %s, which".formatted(shard.name())
                                                : "Shard " + shard.name(),
                                        shard.kind(),
                                        isOfKey ? "--key" : "--shard")));
    }

    private ExitCode opened(DatabaseSource.Jdbc database) {
        Interruption left = Interruption.leftToProgram();
        try {
            return PostgresTools.open(database, ofPsql()) == 0 ? ExitCode.DONE : ExitCode.FAILED;
        } catch (SqlFailedException notThere) {
            throw new CommandException(
                    ExitCode.FAILED, "%s. Nothing was done.".formatted(notThere.getMessage()), notThere);
        } finally {
            left.close();
        }
    }

    /** What psql has shown is all there is to show. */
    @Override
    protected void show(Report report) {
        if (json) {
            super.show(report);
        }
    }
}
