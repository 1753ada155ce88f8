package dev.ringshard.cli;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.command.ClusterCommand;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.shard.Dialect;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "backup-point",
        description = "Writes a restore point on every shard, to which all can be restored together.",
        footer = {
            "",
            "Example: ringshard backup-point before-release-7 --config shop.yaml",
            "",
            "For a moment, nothing moves between shards, and no message to another shard",
            "arrives; other writes go on. What is written to each shard at that moment is",
            "before the point or behind it, on each shard by itself.",
            "",
            "Needs PostgreSQL, base backups and an archive of the log of every shard, and a",
            "database user who may write restore points, such as the mover of roles.sql run",
            "by a superuser. A name is used once.",
        })
final class BackupPointCommand extends ClusterCommand {
    @Parameters(paramLabel = "NAME", description = "The name of the point: 1 to 63 letters, digits, '_', '.' and '-'.")
    String name = "";

    private boolean hasPoints;

    BackupPointCommand(Terminal terminal) {
        super(terminal);
    }

    /** A name that was used, or cannot be one. */
    @Override
    protected Optional<String> nextAfter(Throwable failure) {
        return failure instanceof InvalidInputException && hasPoints
                ? Optional.of(next().command("backup-point ANOTHER-NAME"))
                : super.nextAfter(failure);
    }

    @Override
    protected Report run() {
        RingshardConfig config = config();
        hasPoints = config.shards().stream()
                .allMatch(shard -> Dialect.of(shard.kind()).restorePoints().isPresent());
        try (Ringshard cluster = opened(config)) {
            return new BackupPointReport(config.cluster(), cluster.backupPoint(name), next());
        }
    }
}
