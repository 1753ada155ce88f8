package dev.ringshard.cli;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.command.ClusterCommand;
import dev.ringshard.cli.screen.ElapsedTimeLine;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.outbox.OutboxTotals;
import dev.ringshard.status.ClusterStatus;
import java.util.Optional;
import picocli.CommandLine.Command;

@Command(
        name = "status",
        description = "Shows each shard: whether it answers, its rows, its share of the ring and what it should own.",
        footer = {
            "",
            "Example: ringshard status --config shop.yaml",
            "",
            "Ends with 3 if the cluster is not settled: a shard is down or new, owns another",
            "share than it should, or has something left over from a move, or a watch that",
            "rebalances by itself has stopped or fallen silent. Where something may move, it",
            "looks for two seconds, and shows the progress of a rebalance that runs in",
            "another process.",
            "",
            "Rows of large tables are not counted: the databases' statistics know them, about.",
        })
final class StatusCommand extends ClusterCommand {
    StatusCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        RingshardConfig config = config();
        try (Ringshard cluster = opened(config)) {
            ClusterStatus status = ElapsedTimeLine.during(terminal, "asking the shards", cluster::status);
            return new StatusReport(
                    status, moves(config, status), config.bank().isOn(), messages(cluster, config), next());
        }
    }

    /** A cluster of which a part does not answer, or is not founded yet, may not tell. */
    static Optional<OutboxTotals> messages(Ringshard cluster, RingshardConfig config) {
        try {
            return config.hasOutbox() ? Optional.of(cluster.outbox().totals()) : Optional.empty();
        } catch (RingshardException untold) {
            return Optional.empty();
        }
    }

    /** Only where something could move is it worth waiting to see whether it does. */
    private Optional<RebalanceInProgress> moves(RingshardConfig config, ClusterStatus status) {
        long up = status.shards().stream()
                .filter(shard -> shard.state() == ClusterStatus.State.UP)
                .count();
        return status.isSettled() || up < 2 ? Optional.empty() : RebalanceInProgress.watch(config, status, terminal);
    }
}
