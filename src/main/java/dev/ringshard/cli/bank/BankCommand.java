package dev.ringshard.cli.bank;

import dev.ringshard.cli.command.ClusterCommand;
import dev.ringshard.cli.command.CommandException;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;

/** A command for the customers of the built-in bank; refused where the cluster is configured without it. */
public abstract class BankCommand extends ClusterCommand {
    protected BankCommand(Terminal terminal) {
        super(terminal);
    }

    /**
     * As configured.
     *
     * @throws CommandException if that is without the bank
     */
    @Override
    protected final RingshardConfig config() {
        RingshardConfig config = super.config();
        if (!config.bank().isOn()) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "'%s' needs the built-in bank, and %s leaves it out (bank: false). Nothing was done."
                            .formatted(spec.name(), configFile));
        }
        return config;
    }
}
