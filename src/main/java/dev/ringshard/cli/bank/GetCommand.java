package dev.ringshard.cli.bank;

import dev.ringshard.Ringshard;
import dev.ringshard.bank.AccountEntry;
import dev.ringshard.bank.Customer;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ScreenText;
import dev.ringshard.cli.screen.Terminal;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "get",
        description = "Shows one customer: names, balances, shard, the newest entries, and money on its way.",
        footer = {
            "",
            "Example: ringshard get c-1001 --entries 20 --config bank.yaml",
            "",
            "Ends with 3 if there is no such customer.",
        })
public final class GetCommand extends BankCommand {
    @Parameters(paramLabel = "KEY", description = "The customer's key.")
    String key = "";

    @Option(
            names = "--entries",
            paramLabel = "N",
            defaultValue = "5",
            description = "How many of the newest entries to show, up to 10000; default: ${DEFAULT-VALUE}.")
    int entries;

    public GetCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        try (Ringshard cluster = Ringshard.open(config())) {
            Optional<Customer> customer = cluster.customers().find(key);
            String shard = cluster.router().locate(key).shard();
            if (customer.isEmpty()) {
                terminal.err().println(notFound(shard));
                return new NoCustomerReport(key, shard, next());
            }
            List<AccountEntry> newest =
                    entries == 0 ? List.of() : cluster.customers().entries(key, entries);
            return new CustomerReport(
                    customer.get(), shard, newest, cluster.customers().inTransit(key), next());
        }
    }

    private String notFound(String shard) {
        return "There is no customer %s; shard %s, which owns the key, was asked."
                .formatted(ScreenText.printable(key), shard);
    }
}
