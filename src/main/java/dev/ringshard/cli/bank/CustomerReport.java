package dev.ringshard.cli.bank;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.AccountEntry;
import dev.ringshard.bank.AccountRef;
import dev.ringshard.bank.Customer;
import dev.ringshard.bank.TransferInTransit;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenTable;
import dev.ringshard.cli.screen.ScreenText;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One customer.
 *
 * @param newest entries, newest first
 * @param inTransit what the customer has sent and is not known to have arrived
 */
public record CustomerReport(
        Customer customer, String shard, List<AccountEntry> newest, List<TransferInTransit> inTransit, NextStep next)
        implements Report {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    @Override
    public List<String> lines(ScreenStyle style) {
        List<String> lines = new ArrayList<>();
        lines.add(headline(style, customer, shard));
        lines.add("");
        ScreenTable balances = new ScreenTable().left("").right("");
        for (Account account : Account.values()) {
            balances.row(name(account), Numbers.money(customer.balances().of(account)));
        }
        balances.row("together", Numbers.money(customer.balances().total()));
        lines.addAll(balances.lines(style));
        lines.add("");
        lines.addAll(entries(style));
        lines.add("");
        if (!inTransit.isEmpty()) {
            lines.addAll(onTheWay(style));
            lines.add("");
        }
        lines.add("Next: " + next.command("locate", NextStep.quoted(customer.key())));
        return lines;
    }

    /** One line: key, name, and where the customer lives. */
    public static String headline(ScreenStyle style, Customer customer, String shard) {
        return "%s · %s %s · on %s · token %d"
                .formatted(
                        style.strong(ScreenText.printable(customer.key())),
                        ScreenText.printable(customer.firstName()),
                        ScreenText.printable(customer.lastName()),
                        shard,
                        customer.ringToken());
    }

    /** The name of an account on screens. */
    public static String name(Account account) {
        return switch (account) {
            case SAVINGS -> "savings";
            case CHECKING -> "checking";
            case RETIREMENT_401K -> "401(k)";
        };
    }

    private List<String> entries(ScreenStyle style) {
        if (newest.isEmpty()) {
            return List.of("  No entries shown.");
        }
        boolean hasTransfer =
                newest.stream().anyMatch(entry -> entry.counterparty().isPresent());
        ScreenTable table = new ScreenTable()
                .left("when (UTC)")
                .left("account")
                .right("amount")
                .right("balance")
                .left("operation");
        if (hasTransfer) {
            table.left("to or from").left("account there");
        }
        for (AccountEntry entry : newest) {
            List<String> cells = new ArrayList<>(List.of(
                    entry.bookedOn().map(LocalDate::toString).orElseGet(() -> TIME.format(entry.at())),
                    name(entry.account()),
                    Numbers.money(entry.amount()),
                    Numbers.money(entry.balanceAfter()),
                    ScreenText.printable(entry.operationId())));
            if (hasTransfer) {
                cells.add(entry.counterparty()
                        .map(with -> ScreenText.printable(with.key()))
                        .orElse(""));
                cells.add(entry.counterparty().map(with -> name(with.account())).orElse(""));
            }
            table.row(cells.toArray(String[]::new));
        }
        return table.lines(style);
    }

    private List<String> onTheWay(ScreenStyle style) {
        ScreenTable table = new ScreenTable()
                .left("on its way from")
                .left("to")
                .left("account")
                .right("amount")
                .left("operation");
        for (TransferInTransit transfer : inTransit) {
            table.row(
                    name(transfer.from()),
                    ScreenText.printable(transfer.to().key()),
                    name(transfer.to().account()),
                    Numbers.money(transfer.amount()),
                    ScreenText.printable(transfer.id().value()));
        }
        return table.lines(style);
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("key", customer.key())
                .with("found", true)
                .with("shard", shard)
                .with("token", Long.toString(customer.ringToken()))
                .with("firstName", customer.firstName())
                .with("lastName", customer.lastName())
                .with("savings", customer.balances().savings())
                .with("checking", customer.balances().checking())
                .with("retirement401k", customer.balances().retirement401k())
                .with("total", customer.balances().total())
                .with("version", customer.version())
                .with("createdAt", customer.createdAt().toString())
                .with("updatedAt", customer.updatedAt().toString())
                .with("entries", newest.stream().map(CustomerReport::json).toList())
                .with("inTransit", inTransit.stream().map(CustomerReport::json).toList());
    }

    private static Map<String, ?> json(TransferInTransit transfer) {
        return ReportJson.fields()
                .with("operationId", transfer.id().value())
                .with("account", transfer.from().name())
                .with("toKey", transfer.to().key())
                .with("toAccount", transfer.to().account().name())
                .with("amount", transfer.amount());
    }

    private static Map<String, ?> json(AccountEntry entry) {
        return ReportJson.fields()
                .with("operationId", entry.operationId())
                .with("number", entry.number())
                .with("account", entry.account().name())
                .with("amount", entry.amount())
                .with("balanceAfter", entry.balanceAfter())
                .with("at", entry.at().toString())
                .with("bookedOn", entry.bookedOn().map(LocalDate::toString).orElse(null))
                .with("otherKey", entry.counterparty().map(AccountRef::key).orElse(null))
                .with(
                        "otherAccount",
                        entry.counterparty().map(with -> with.account().name()).orElse(null));
    }
}
