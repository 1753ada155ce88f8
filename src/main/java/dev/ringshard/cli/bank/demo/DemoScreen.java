package dev.ringshard.cli.bank.demo;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.Customer;
import dev.ringshard.cli.bank.CustomerReport;
import dev.ringshard.cli.bank.demo.DemoOperation.Kind;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenTable;
import dev.ringshard.cli.screen.ScreenText;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.WritePauses;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** The sections of the demo's screen, each with a heading. */
record DemoScreen(DemoReport report, ScreenStyle style) {

    List<String> sections() {
        List<String> lines = new ArrayList<>();
        long customers = report.proof().balances().customers();
        section(lines, "Where %s".formatted(Numbers.count(customers, "customer lives", "customers live")), shards());
        section(lines, "One of them, found by key", someone());
        section(lines, "The first of all by last name, read from every shard", page());
        section(lines, operations(), kinds());
        section(lines, "Meanwhile: a fifth shard joined, and one was drained", changes());
        section(lines, "Is all the money there?", proof());
        lines.add("");
        lines.add(verdict());
        lines.add("");
        lines.add("Next: a cluster of your own, on files or servers; this prints a configuration to begin with:");
        lines.add("      " + report.program() + " config example");
        return lines;
    }

    private void section(List<String> lines, String heading, List<String> content) {
        lines.add("");
        lines.add(style.strong(heading));
        lines.addAll(content);
    }

    private List<String> shards() {
        List<ShardStatus> shards = report.status().shards();
        long all = report.proof().balances().customers();
        long most = shards.stream().mapToLong(DemoReport::customers).max().orElse(0);
        ScreenTable table = new ScreenTable()
                .left("shard")
                .right("customers")
                .right("of all")
                .right("of the ring")
                .left("");
        for (ShardStatus shard : shards) {
            long customers = DemoReport.customers(shard);
            table.row(
                    shard.name(),
                    Numbers.count(customers),
                    Numbers.percent(all == 0 ? 0 : (double) customers / all),
                    Numbers.percent(shard.share()),
                    style.bar((double) customers, (double) most));
        }
        return table.lines(style);
    }

    private List<String> someone() {
        Customer customer = report.lookups().someone();
        List<String> lines = new ArrayList<>();
        lines.add("  " + CustomerReport.headline(style, customer, shard(customer)));
        ScreenTable table = new ScreenTable();
        for (Account account : Account.values()) {
            table.right(CustomerReport.name(account));
        }
        Balances balances = customer.balances();
        table.right("together")
                .row(
                        Numbers.money(balances.savings()),
                        Numbers.money(balances.checking()),
                        Numbers.money(balances.retirement401k()),
                        Numbers.money(balances.total()));
        lines.addAll(table.lines(style));
        return lines;
    }

    private String shard(Customer customer) {
        return Objects.requireNonNull(report.lookups().shards().get(customer.key()));
    }

    private List<String> page() {
        ScreenTable table = new ScreenTable()
                .left("last name")
                .left("first name")
                .left("key")
                .left("shard");
        for (Account account : Account.values()) {
            table.right(CustomerReport.name(account));
        }
        for (Customer customer : report.lookups().page().customers()) {
            table.row(
                    ScreenText.printable(customer.lastName()),
                    ScreenText.printable(customer.firstName()),
                    ScreenText.printable(customer.key()),
                    shard(customer),
                    Numbers.money(customer.balances().savings()),
                    Numbers.money(customer.balances().checking()),
                    Numbers.money(customer.balances().retirement401k()));
        }
        return table.lines(style);
    }

    private String operations() {
        DemoReport.Operations work = report.work();
        int done = work.moved().done();
        String asked = done < work.asked() ? " of %s, then time was up".formatted(Numbers.count(work.asked())) : "";
        return "%s%s: %s, %s, %s"
                .formatted(
                        Numbers.count(done, "operation", "operations"),
                        asked,
                        Numbers.count(work.threads(), "thread", "threads"),
                        Numbers.time(work.moved().time()),
                        Numbers.rate(done, work.moved().time()));
    }

    private List<String> kinds() {
        ScreenTable table = new ScreenTable()
                .left("")
                .right("applied")
                .right("money")
                .right("insufficient funds")
                .right("sent twice, applied once");
        for (Kind kind : Kind.values()) {
            DemoTally.Answers answers = report.work().tally().of(kind);
            table.row(
                    name(kind),
                    Numbers.count(answers.applied()),
                    Numbers.money(answers.money()),
                    Numbers.count(answers.refused()),
                    Numbers.count(answers.repeated()));
        }
        return table.lines(style);
    }

    private static String name(Kind kind) {
        return switch (kind) {
            case DEPOSIT -> "deposits";
            case WITHDRAWAL -> "withdrawals";
            case TRANSFER -> "transfers";
        };
    }

    private List<String> changes() {
        List<DemoChange> changes = report.work().changes();
        List<String> lines = new ArrayList<>(shares(changes).lines(style));
        lines.add("");
        lines.addAll(moves(changes).lines(style));
        DemoTally tally = report.work().tally();
        lines.add("  Callers waited %s (p50), %s (p99), %s at most for a write. None failed."
                .formatted(
                        Numbers.millis(tally.percentile(50)),
                        Numbers.millis(tally.percentile(99)),
                        Numbers.millis(tally.percentile(100))));
        return lines;
    }

    private ScreenTable shares(List<DemoChange> changes) {
        DemoChange first = changes.get(0);
        DemoChange last = changes.get(changes.size() - 1);
        Set<String> names = new TreeSet<>(first.after().keySet());
        names.addAll(last.before().keySet());
        double most = 1;
        ScreenTable table = new ScreenTable()
                .left("share of the ring")
                .right("at first")
                .left("")
                .right(first.what())
                .left("")
                .right(last.what())
                .left("");
        for (String name : names) {
            table.row(
                    name,
                    Numbers.percent(share(first.before(), name)),
                    style.bar(share(first.before(), name), most),
                    Numbers.percent(share(first.after(), name)),
                    style.bar(share(first.after(), name), most),
                    Numbers.percent(share(last.after(), name)),
                    style.bar(share(last.after(), name), most));
        }
        return table;
    }

    private static double share(Map<String, Double> shares, String name) {
        return shares.getOrDefault(name, 0.0);
    }

    private static ScreenTable moves(List<DemoChange> changes) {
        ScreenTable table = new ScreenTable()
                .left("")
                .right("rows")
                .right("a second")
                .right("of the ring")
                .right("least")
                .right("pause p50")
                .right("p99")
                .right("most");
        for (DemoChange change : changes) {
            WritePauses pauses = change.report().writePauses();
            table.row(
                    change.what(),
                    Numbers.count(change.report().movedRows()),
                    Numbers.count(Math.round(change.report().rowsPerSecond())),
                    Numbers.percent(change.movedShare()),
                    Numbers.percent(change.least()),
                    Numbers.millis(pauses.median()),
                    Numbers.millis(pauses.p99()),
                    Numbers.millis(pauses.longest()));
        }
        return table;
    }

    private List<String> proof() {
        DemoTally tally = report.work().tally();
        DemoReport.Proof proof = report.proof();
        return new ScreenTable()
                .left("")
                .right("")
                .row("accounts were opened with", Numbers.money(tally.opened()))
                .row(
                        "+ deposits acknowledged",
                        Numbers.money(tally.of(Kind.DEPOSIT).money()))
                .row(
                        "− withdrawals acknowledged",
                        Numbers.money(tally.of(Kind.WITHDRAWAL).money()))
                .row("= must be there", Numbers.money(proof.expected()))
                .row(
                        "all balances, on all shards",
                        Numbers.money(proof.balances()
                                .money()
                                .subtract(proof.balances().inTransit())))
                .row("in transit between shards", Numbers.money(proof.balances().inTransit()))
                .row(
                        "all %s entries, on all shards"
                                .formatted(Numbers.count(proof.ledger().entries())),
                        Numbers.money(proof.ledger().money()))
                .lines(style);
    }

    private String verdict() {
        return report.proof().holds()
                ? style.good("Yes, to the cent.")
                : style.bad("NO: these differ. Money was lost or made; please report this with the seed.");
    }
}
