package dev.ringshard.cli.bank;

import dev.ringshard.Ringshard;
import dev.ringshard.bank.Account;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Posting;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.failure.OutcomeUnknownException;
import java.math.BigDecimal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Moves money of one customer, once for each operation id. */
abstract class PostingCommand extends BankCommand {
    @Parameters(index = "0", paramLabel = "KEY", description = "The customer's key.")
    String key = "";

    @Parameters(
            index = "1",
            paramLabel = "ACCOUNT",
            converter = AccountNames.class,
            completionCandidates = AccountNames.class,
            description = "savings, checking or 401k.")
    Account account = Account.SAVINGS;

    @Parameters(index = "2", paramLabel = "AMOUNT", description = "Above zero, with at most two decimals.")
    String amount = "";

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "The operation's id, by which it happens once; made up and printed if not given.")
    @Nullable
    String id;

    private final PostingReport.Direction direction;

    PostingCommand(Terminal terminal, PostingReport.Direction direction) {
        super(terminal);
        this.direction = direction;
    }

    /** Does it. */
    abstract Posting post(CustomerRepository customers, BigDecimal sum, OperationId operation);

    @Override
    protected Report run() {
        BigDecimal sum = argument(() -> Amounts.parse(amount, "AMOUNT"));
        require(sum.signum() > 0, "AMOUNT is %s: it must be above zero.".formatted(amount));
        OperationId operation = argument(() -> id == null ? OperationId.random() : new OperationId(id));
        PostingReport.Order order = new PostingReport.Order(direction, key, account, sum, operation);
        try (Ringshard cluster = Ringshard.open(config())) {
            if (id == null) { // before anything is sent: an answer that gets lost can then be asked for
                terminal.err().println("Operation id: " + operation);
                terminal.err().flush();
            }
            PostingReport report =
                    new PostingReport(order, outcome(cluster, sum, operation), repeat(operation), next());
            report.problem().ifPresent(terminal.err()::println);
            return report;
        }
    }

    /** Empty if it stays unknown. */
    private Optional<Posting> outcome(Ringshard cluster, BigDecimal sum, OperationId operation) {
        try {
            return Optional.of(post(cluster.customers(), sum, operation));
        } catch (OutcomeUnknownException unknown) {
            terminal.err().println(unknown.getMessage());
            return Optional.empty();
        }
    }

    private String repeat(OperationId operation) {
        return id == null ? sameCommand("--id", operation.value()) : sameCommand();
    }
}
