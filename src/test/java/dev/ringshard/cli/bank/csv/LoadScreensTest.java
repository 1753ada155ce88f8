package dev.ringshard.cli.bank.csv;

import static dev.ringshard.cli.Screens.NEXT;
import static dev.ringshard.cli.Screens.assertScreen;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.bank.Totals;
import dev.ringshard.cli.bank.csv.LoadLine.Outcome;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.ScreenStyle;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The screens of what goes in and out: load and export. */
class LoadScreensTest {
    @Test
    void a_load_counts_what_is_new_known_and_refused() {
        LoadTally tally = new LoadTally(20);
        tally.done(Outcome.CREATED);
        tally.done(Outcome.APPLIED);
        tally.done(Outcome.ALREADY_APPLIED);
        LoadReport complete = load(tally, Optional.empty());
        assertThat(complete.exitCode()).isEqualTo(ExitCode.DONE);
        assertScreen(ScreenStyle.PLAIN, complete, """
                Loaded 3 lines in 1.5 s (2/s, 8 workers).

                                new  already there  refused
                  customers       1              0        0
                  transactions    1              1        0

                All shards together now hold 1 customer and 1,234.50.
                Next: ringshard status --config bank.yaml
                """);
    }

    @Test
    void a_load_that_ended_early_says_how_to_go_on() {
        LoadReport stopped = load(new LoadTally(20), Optional.of(LoadStop.INTERRUPTED));
        assertThat(stopped.exitCode()).isEqualTo(ExitCode.FAILED);
        assertScreen(ScreenStyle.PLAIN, stopped, """
                Ended early, after 0 lines and 1.5 s; repeating it is safe, nothing is applied twice.

                                new  already there  refused
                  customers       0              0        0
                  transactions    0              0        0

                Next: ringshard load the same
                """);
    }

    @Test
    void transfers_have_a_line_of_their_own() {
        LoadTally tally = new LoadTally(20);
        tally.done(Outcome.TRANSFERRED);
        tally.done(Outcome.TRANSFERRED_BEFORE);
        LoadReport.Run effort =
                new LoadReport.Run(EnumSet.of(LoadKind.TRANSFERS), false, true, 8, Duration.ofMillis(1500));
        LoadReport report = new LoadReport(effort, tally, Optional.empty(), Optional.empty(), NEXT, "ringshard load");
        assertScreen(ScreenStyle.PLAIN, report, """
                Loaded 2 lines in 1.5 s (1/s, 8 workers).

                             new  already there  refused
                  transfers    1              1        0

                Next: ringshard status --config bank.yaml
                """);
    }

    @Test
    void made_up_customers_need_no_files_to_mend() {
        LoadTally tally = new LoadTally(20);
        tally.done(Outcome.CREATED);
        tally.refused(new RefusedLine(LoadKind.CUSTOMERS, "generated customers", 2, 2, "why"));
        LoadReport.Run effort =
                new LoadReport.Run(EnumSet.of(LoadKind.CUSTOMERS), true, true, 8, Duration.ofMillis(1500));
        LoadReport report = new LoadReport(effort, tally, Optional.empty(), Optional.empty(), NEXT, "ringshard load");
        assertScreen(ScreenStyle.PLAIN, report, """
                Read 2 lines in 1.5 s (1/s, 8 workers), and refused 1 of them.

                             new  already there  refused
                  customers    1              0        1

                Next: repeat it with a --prefix that nobody else has
                """);
    }

    @Test
    void what_is_in_transit_is_told_beside_what_all_shards_hold() {
        BigDecimal none = BigDecimal.ZERO.setScale(2);
        Totals totals = new Totals(2, new BigDecimal("70.00"), none, none, new BigDecimal("30.00"), 0);
        LoadReport.Run effort =
                new LoadReport.Run(EnumSet.of(LoadKind.TRANSFERS), false, true, 8, Duration.ofMillis(1500));
        LoadReport report = new LoadReport(
                effort, new LoadTally(20), Optional.empty(), Optional.of(totals), NEXT, "ringshard load");

        assertThat(report.lines(ScreenStyle.PLAIN))
                .contains(
                        "All shards together now hold 2 customers and 100.00.",
                        "30.00 of it is in transit between shards.");
        assertThat(((Map<?, ?>) Objects.requireNonNull(report.json().get("totals")))
                        .keySet().stream().map(Object::toString))
                .containsExactly(
                        "customers", "savings", "checking", "retirement401k", "inTransit", "money", "withoutAmount");
    }

    @Test
    void an_export_says_where_to_and_what_to_do_with_it() {
        Path file = Path.of("all of them.csv");
        assertScreen(
                ScreenStyle.PLAIN,
                new ExportReport(file, content(2000, "0.00"), Duration.ofMillis(500), false, NEXT),
                """
                Exported 2,000 customers to all of them.csv in 0.5 s (4,000/s).
                Next: ringshard load --config OTHER.yaml --customers 'all of them.csv'
                """);
        ExportReport stopped = new ExportReport(file, content(1, "30.00"), Duration.ofMillis(500), true, NEXT);
        assertThat(stopped.exitCode()).isEqualTo(ExitCode.FAILED);
        assertScreen(ScreenStyle.PLAIN, stopped, """
                Stopped on request. 1 customer was read. all of them.csv is as it was before.
                Next: ringshard export --config bank.yaml --out 'all of them.csv'
                """);
        assertScreen(
                ScreenStyle.PLAIN,
                new ExportReport(null, content(20, "0.00"), Duration.ofMillis(500), true, NEXT),
                """
                Stopped on request. 20 customers were read. What was printed is not all.
                Next: ringshard export --config bank.yaml
                """);
    }

    private static ExportReport.Content content(long customers, String inTransit) {
        return new ExportReport.Content(customers, 0, new BigDecimal(inTransit));
    }

    /** Who empties a cluster by it and deletes the databases must know. */
    @Test
    void an_export_says_what_money_is_in_no_account_of_the_file() {
        ExportReport report =
                new ExportReport(Path.of("all.csv"), content(2000, "30.00"), Duration.ofMillis(500), false, NEXT);
        assertScreen(ScreenStyle.PLAIN, report, """
                Exported 2,000 customers to all.csv in 0.5 s (4,000/s).
                In no account of it: 30.00 that was in transit between shards.
                See status; once that has arrived, export again.
                Next: ringshard load --config OTHER.yaml --customers all.csv
                """);
        assertThat(report.json().get("inTransit")).isEqualTo("30.00");
    }

    private static LoadReport load(LoadTally tally, Optional<LoadStop> stop) {
        BigDecimal none = BigDecimal.ZERO.setScale(2);
        Optional<Totals> totals =
                stop.isPresent() ? Optional.empty() : Optional.of(new Totals(1, new BigDecimal("1234.50"), none, none));
        LoadReport.Run effort = new LoadReport.Run(
                EnumSet.of(LoadKind.CUSTOMERS, LoadKind.TRANSACTIONS), false, true, 8, Duration.ofMillis(1500));
        return new LoadReport(effort, tally, stop, totals, NEXT, "ringshard load the same");
    }
}
