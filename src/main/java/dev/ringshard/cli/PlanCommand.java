package dev.ringshard.cli;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.command.ClusterCommand;
import dev.ringshard.cli.screen.ElapsedTimeLine;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.rebalance.RebalancePlan;
import dev.ringshard.rebalance.RebalanceSettings;
import picocli.CommandLine.Command;

@Command(
        name = "plan",
        description = "Shows what a rebalance would move, and what it would take. Changes nothing.",
        footer = {
            "",
            "Example: ringshard plan --config shop.yaml",
            "",
            "A shard that is new in the configuration joins; weight 0 drains one; another",
            "weight, strategy or number of virtual nodes moves what it asks for. Ends with 3",
            "if there is anything to move.",
        })
final class PlanCommand extends ClusterCommand {
    PlanCommand(Terminal terminal) {
        super(terminal);
    }

    /** Made while saying that it takes its time, for what would move is counted. */
    static RebalancePlan planned(Ringshard cluster, Terminal terminal) {
        return ElapsedTimeLine.during(terminal, "counting what would move", cluster.rebalancer()::plan);
    }

    @Override
    protected Report run() {
        try (Ringshard cluster = opened(config())) {
            return new PlanReport(
                    planned(cluster, terminal),
                    RebalanceSettings.DEFAULT,
                    next().command("rebalance", "--yes"),
                    next());
        }
    }
}
