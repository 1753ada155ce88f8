package dev.ringshard.cli.bank;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Posting;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenText;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became of a deposit or a withdrawal.
 *
 * @param outcome empty if no answer came
 * @param repeat the command that finds out what became of it
 */
record PostingReport(Order order, Optional<Posting> outcome, String repeat, NextStep next) implements Report {

    /** Which way the money goes. */
    enum Direction {
        DEPOSIT("Deposited", "to"),
        WITHDRAWAL("Withdrew", "from");

        private final String done;
        private final String preposition;

        Direction(String done, String preposition) {
            this.done = done;
            this.preposition = preposition;
        }
    }

    /** What was asked for. */
    record Order(Direction direction, String key, Account account, BigDecimal amount, OperationId id) {
        private String place() {
            return "%s of %s".formatted(CustomerReport.name(account), ScreenText.printable(key));
        }

        private String text() {
            return "%s %s %s".formatted(Numbers.money(amount), direction.preposition, place());
        }
    }

    @Override
    public ExitCode exitCode() {
        return outcome.map(answer -> answer instanceof Posting.InsufficientFunds ? ExitCode.DIFFERENCES : ExitCode.DONE)
                .orElse(ExitCode.OUTCOME_UNKNOWN);
    }

    /** For stderr: why no money was moved; empty if it was, or that is not known. */
    Optional<String> problem() {
        return outcome.filter(Posting.InsufficientFunds.class::isInstance)
                .map(lacking -> "Nothing was withdrawn: %s holds %s, less than %s. The operation id is still free."
                        .formatted(order.place(), Numbers.money(lacking.balance()), Numbers.money(order.amount)));
    }

    @Override
    public List<String> lines(ScreenStyle style) {
        String get = "Next: " + next.command("get", NextStep.quoted(order.key));
        if (outcome.isEmpty()) {
            return List.of("Next: " + repeat);
        }
        Posting answer = outcome.get();
        if (answer instanceof Posting.InsufficientFunds) {
            return List.of(get);
        }
        String headline = answer instanceof Posting.Applied
                ? "%s %s; it now holds %s."
                        .formatted(order.direction.done, order.text(), Numbers.money(answer.balance()))
                : "Nothing changed: operation %s was done before, and left %s in %s."
                        .formatted(order.id, Numbers.money(answer.balance()), order.place());
        return List.of(style.good(headline), get);
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("key", order.key)
                .with("account", order.account.name())
                .with("amount", order.amount)
                .with("operationId", order.id.value())
                .with("outcome", outcome.map(PostingReport::name).orElse("unknown"))
                .with("balance", outcome.map(Posting::balance).orElse(null))
                .with("repeat", outcome.isEmpty() ? repeat : null);
    }

    private static String name(Posting answer) {
        if (answer instanceof Posting.Applied) {
            return "applied";
        }
        return answer instanceof Posting.InsufficientFunds ? "insufficientFunds" : "alreadyApplied";
    }
}
