package dev.ringshard.cli.bank;

import dev.ringshard.cli.command.ClusterCommand;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import java.util.Optional;

/** A command for the customers of the built-in bank; refused where the cluster is configured without it. */
public abstract class BankCommand extends ClusterCommand {
    protected BankCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected final Optional<String> refusal(RingshardConfig config) {
        return config.bank().isOn()
                ? Optional.empty()
                : Optional.of("'%s' needs the built-in bank, and %s leaves it out (bank: false). Nothing was done."
                        .formatted(spec.name(), configFile));
    }
}
