package dev.ringshard.cli.bank.csv;

import dev.ringshard.bank.Totals;
import dev.ringshard.cli.bank.csv.LoadLine.Outcome;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What came of a load.
 *
 * @param stop why it ended early; empty if it came to the end
 * @param totals of all customers, afterwards; empty if it ended early or a shard does not answer
 * @param sameCommand repeats the load
 */
record LoadReport(
        Run run, LoadTally tally, Optional<LoadStop> stop, Optional<Totals> totals, NextStep next, String sameCommand)
        implements Report {

    /**
     * The order, and the time that it took.
     *
     * @param kinds of files that were loaded
     * @param isGenerated whether it was made up
     * @param isBegun false if the check before a strict load refused lines
     */
    record Run(Set<LoadKind> kinds, boolean isGenerated, boolean isBegun, int workers, Duration time) {}

    @Override
    public ExitCode exitCode() {
        return stop.map(LoadStop::exitCode).orElse(tally.allRefused() > 0 ? ExitCode.DIFFERENCES : ExitCode.DONE);
    }

    /** For stderr: refused lines, and why it ended early. */
    List<String> problems() {
        List<String> lines = new ArrayList<>();
        List<RefusedLine> shown = tally.refusedLines().stream().limit(20).toList();
        shown.forEach(line -> lines.add(line.text()));
        long more = tally.allRefused() - shown.size();
        if (more > 0) {
            lines.add("and %s more (--json lists all)".formatted(Numbers.count(more, "line", "lines")));
        }
        stop.ifPresent(why -> lines.add(why.reason()));
        return lines;
    }

    @Override
    public List<String> lines(ScreenStyle style) {
        List<String> lines = new ArrayList<>();
        lines.add(headline(style));
        lines.add("");
        ScreenTable table =
                new ScreenTable().left("").right("new").right("already there").right("refused");
        if (run.kinds().contains(LoadKind.CUSTOMERS)) {
            row(table, "customers", Outcome.CREATED, Outcome.ALREADY_THERE, LoadKind.CUSTOMERS);
        }
        if (run.kinds().contains(LoadKind.TRANSACTIONS)) {
            row(table, "transactions", Outcome.APPLIED, Outcome.ALREADY_APPLIED, LoadKind.TRANSACTIONS);
        }
        if (run.kinds().contains(LoadKind.TRANSFERS)) {
            row(table, "transfers", Outcome.TRANSFERRED, Outcome.TRANSFERRED_BEFORE, LoadKind.TRANSFERS);
        }
        lines.addAll(table.lines(style));
        lines.add("");
        totals.ifPresent(all -> lines.add("All shards together now hold %s and %s."
                .formatted(Numbers.count(all.customers(), "customer", "customers"), Numbers.money(all.money()))));
        totals.filter(all -> all.inTransit().signum() != 0)
                .ifPresent(all ->
                        lines.add("%s of it is in transit between shards.".formatted(Numbers.money(all.inTransit()))));
        totals.filter(all -> all.withoutAmount() > 0)
                .ifPresent(all ->
                        lines.add(style.bad("Not in that sum: %s with a balance that is no amount; %s names them."
                                .formatted(
                                        Numbers.count(all.withoutAmount(), "customer", "customers"),
                                        next.command("verify")))));
        lines.add("Next: " + nextStep());
        return lines;
    }

    private String headline(ScreenStyle style) {
        String lines = Numbers.count(tally.lines(), "line", "lines");
        if (stop.isPresent()) {
            return style.bad("Ended early, after %s and %s; repeating it is safe, nothing is applied twice."
                    .formatted(lines, Numbers.time(run.time())));
        }
        if (!run.isBegun()) {
            return style.bad("Nothing was loaded: %s would be refused."
                    .formatted(Numbers.count(tally.allRefused(), "line", "lines")));
        }
        String speed = "%s in %s (%s, %s)"
                .formatted(
                        lines,
                        Numbers.time(run.time()),
                        Numbers.rate(tally.lines(), run.time()),
                        Numbers.count(run.workers(), "worker", "workers"));
        return tally.allRefused() == 0
                ? style.good("Loaded " + speed + ".")
                : style.bad("Read " + speed + ", and refused " + Numbers.count(tally.allRefused()) + " of them.");
    }

    private void row(ScreenTable table, String what, Outcome fresh, Outcome known, LoadKind kind) {
        table.row(
                what,
                Numbers.count(tally.count(fresh)),
                Numbers.count(tally.count(known)),
                Numbers.count(tally.refused(kind)));
    }

    private String nextStep() {
        if (stop.isPresent()) {
            return sameCommand;
        }
        if (tally.allRefused() == 0) {
            return next.command("status");
        }
        return run.isGenerated()
                ? "repeat it with a --prefix that nobody else has"
                : "mend the refused lines, then " + sameCommand;
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("lines", tally.lines())
                .with("begun", run.isBegun())
                .with("seconds", Numbers.seconds(run.time()))
                .with("workers", run.workers())
                .with(
                        "customers",
                        ReportJson.fields()
                                .with("created", tally.count(Outcome.CREATED))
                                .with("alreadyThere", tally.count(Outcome.ALREADY_THERE))
                                .with("refused", tally.refused(LoadKind.CUSTOMERS)))
                .with(
                        "transactions",
                        ReportJson.fields()
                                .with("applied", tally.count(Outcome.APPLIED))
                                .with("alreadyApplied", tally.count(Outcome.ALREADY_APPLIED))
                                .with("refused", tally.refused(LoadKind.TRANSACTIONS)))
                .with(
                        "transfers",
                        ReportJson.fields()
                                .with("applied", tally.count(Outcome.TRANSFERRED))
                                .with("alreadyApplied", tally.count(Outcome.TRANSFERRED_BEFORE))
                                .with("refused", tally.refused(LoadKind.TRANSFERS)))
                .with(
                        "refusedLines",
                        tally.refusedLines().stream().map(LoadReport::json).toList())
                .with("stopped", stop.map(LoadStop::reason).orElse(null))
                .with("totals", totals.map(LoadReport::json).orElse(null));
    }

    private static Map<String, ?> json(RefusedLine line) {
        return ReportJson.fields()
                .with("file", line.file())
                .with("line", line.line())
                .with("lastLine", line.last())
                .with("reason", line.reason());
    }

    private static Map<String, ?> json(Totals totals) {
        return ReportJson.fields()
                .with("customers", totals.customers())
                .with("savings", totals.savings())
                .with("checking", totals.checking())
                .with("retirement401k", totals.retirement401k())
                .with("inTransit", totals.inTransit())
                .with("money", totals.money())
                .with("withoutAmount", totals.withoutAmount());
    }
}
