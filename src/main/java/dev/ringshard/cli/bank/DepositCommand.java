package dev.ringshard.cli.bank;

import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Posting;
import dev.ringshard.cli.screen.Terminal;
import java.math.BigDecimal;
import picocli.CommandLine.Command;

@Command(
        name = "deposit",
        description = "Adds to an account of a customer.",
        footer = {
            "",
            "Example: ringshard deposit c-1001 savings 250.00",
            "Example: ringshard deposit c-1001 savings 250.00 --id salary-2026-11",
            "",
            "An operation id is booked once for each customer: repeating the command with the",
            "same id changes nothing. Ends with 4 if no answer came, and prints the command",
            "that finds out what became of it.",
        })
public final class DepositCommand extends PostingCommand {
    public DepositCommand(Terminal terminal) {
        super(terminal, PostingReport.Direction.DEPOSIT);
    }

    @Override
    Posting post(CustomerRepository customers, BigDecimal sum, OperationId operation) {
        return customers.deposit(key, account, sum, operation);
    }
}
