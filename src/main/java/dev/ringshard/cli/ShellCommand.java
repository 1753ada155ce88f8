package dev.ringshard.cli;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.command.ClusterCommand;
import dev.ringshard.cli.command.CommandException;
import dev.ringshard.cli.command.Interruption;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.DatabaseSource;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.shard.PostgresTools;
import dev.ringshard.routing.Location;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "shell",
        description = "Opens psql on the shard that owns a key.",
        footer = {
            "",
            "Example: ringshard shell acme --config shop.yaml",
            "Example: ringshard shell acme -- -c \"SELECT * FROM orders LIMIT 5\"",
            "",
            "As the user of the configuration; the password is not shown to anybody. What",
            "stands behind -- is psql's. The shard refuses writes to keys that it does not",
            "own, also to this one, should it move meanwhile; reads see the rows of all keys",
            "of the shard. With --json it only says where the key is, and opens nothing.",
        })
final class ShellCommand extends ClusterCommand {
    @Parameters(index = "0", paramLabel = "KEY", description = "The key, as text.")
    String key = "";

    @Parameters(index = "1..*", paramLabel = "PSQL", arity = "0..*", description = "Further arguments, for psql.")
    List<String> arguments = List.of();

    ShellCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        RingshardConfig config = config();
        Location location;
        try (Ringshard cluster = opened(config)) {
            location = cluster.router().locate(key);
        }
        DatabaseSource.Jdbc database = database(config.shard(location.shard()).orElseThrow());
        ShellReport report = new ShellReport(location, database, ExitCode.DONE);
        if (json) {
            return report;
        }
        terminal.err().println(report.heading());
        terminal.err().flush();
        return new ShellReport(location, database, opened(database));
    }

    private static DatabaseSource.Jdbc database(ShardConfig shard) {
        if (shard.kind() == DatabaseKind.POSTGRESQL && shard.source() instanceof DatabaseSource.Jdbc jdbc) {
            return jdbc;
        }
        throw new CommandException(
                ExitCode.USAGE,
                "The key is on shard %s, which is on %s, and psql opens databases of PostgreSQL only. Nothing was done. For queries, take the command sql with --key."
                        .formatted(shard.name(), shard.kind()));
    }

    private ExitCode opened(DatabaseSource.Jdbc database) {
        List<String> command = new ArrayList<>(List.of("psql"));
        command.addAll(arguments);
        Interruption left = Interruption.leftToProgram();
        try {
            return PostgresTools.open(database, command) == 0 ? ExitCode.DONE : ExitCode.FAILED;
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
