package dev.ringshard.cli.bank;

import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Posting;
import dev.ringshard.cli.screen.Terminal;
import java.math.BigDecimal;
import picocli.CommandLine.Command;

@Command(
        name = "withdraw",
        description = "Takes from an account of a customer, never below zero.",
        footer = {
            "",
            "Example: ringshard withdraw c-1001 checking 20.00",
            "Example: ringshard withdraw c-1001 checking 20.00 --id rent-2026-11",
            "",
            "An operation id is booked once for each customer: repeating the command with the",
            "same id changes nothing. Ends with 3 if there is too little money, and then the",
            "id is still free; with 4 if no answer came, and then it prints the command that",
            "finds out what became of it.",
        })
public final class WithdrawCommand extends PostingCommand {
    public WithdrawCommand(Terminal terminal) {
        super(terminal, PostingReport.Direction.WITHDRAWAL);
    }

    @Override
    Posting post(CustomerRepository customers, BigDecimal sum, OperationId operation) {
        return customers.withdraw(key, account, sum, operation);
    }
}
