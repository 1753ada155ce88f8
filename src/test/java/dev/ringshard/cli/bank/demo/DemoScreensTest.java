package dev.ringshard.cli.bank.demo;

import static dev.ringshard.cli.Screens.REBALANCED;
import static dev.ringshard.cli.Screens.TERMINAL;
import static dev.ringshard.cli.Screens.ZOE;
import static dev.ringshard.cli.Screens.assertScreen;
import static dev.ringshard.cli.Screens.status;
import static dev.ringshard.cli.Screens.up;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.AccountRef;
import dev.ringshard.bank.CustomerPage;
import dev.ringshard.bank.LedgerTotals;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Posting;
import dev.ringshard.bank.Totals;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.ScreenStyle;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The screen of the demo. */
class DemoScreensTest {
    @Test
    void the_demo_fits_on_one_screen_and_adds_up() {
        assertScreen(TERMINAL, demo("1214.50"), """
                Ringshard demo · four H2 databases in memory; a fifth joins, one is drained

                Where 1 customer lives
                  shard  customers   of all  of the ring
                  eu-1           1  100.0 %       50.0 %  ████████████████████████
                  eu-3           0    0.0 %       50.0 %

                One of them, found by key
                  c-7 · Zoë Müller · on eu-1 · token -42
                   savings  checking  401(k)  together
                  1,234.50    -20.00    0.00  1,214.50

                The first of all by last name, read from every shard
                  last name  first name  key  shard   savings  checking  401(k)
                  Müller     Zoë         c-7  eu-1   1,234.50    -20.00    0.00

                2 operations of 3, then time was up: 4 threads, 2.0 s, 1/s
                               applied   money  insufficient funds  sent twice, applied once
                  deposits           1  214.50                   0                         1
                  withdrawals        0    0.00                   1                         0
                  transfers          0    0.00                   0                         0

                Meanwhile: a fifth shard joined, and one was drained
                  share of the ring  at first                eu-3 joins            eu-2 is drained
                  eu-1                 50.0 %  ████████████      34.0 %  ████████           50.0 %  ████████████
                  eu-2                 50.0 %  ████████████      33.0 %  ████████            0.0 %
                  eu-3                  0.0 %                    33.0 %  ████████           50.0 %  ████████████

                                    rows  a second  of the ring   least  pause p50      p99     most
                  eu-3 joins       1,250     2,500       33.0 %  33.3 %     7.0 ms  12.0 ms  12.0 ms
                  eu-2 is drained  1,250     2,500       33.0 %  33.0 %     7.0 ms  12.0 ms  12.0 ms
                  Callers waited 1.0 ms (p50), 1.0 ms (p99), 1.0 ms at most for a write. None failed.

                Is all the money there?
                  accounts were opened with     1,000.00
                  + deposits acknowledged         214.50
                  − withdrawals acknowledged        0.00
                  = must be there               1,214.50
                  all balances, on all shards   1,214.50
                  in transit between shards         0.00
                  all 4 entries, on all shards  1,214.50

                Yes, to the cent.

                Next: a cluster of your own, on files or servers; this prints a configuration to begin with:
                      ringshard config example
                """);
    }

    @Test
    void the_demo_does_not_hide_that_a_cent_is_missing() {
        DemoReport report = demo("1214.49");
        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertThat(report.lines(ScreenStyle.PLAIN)).anyMatch(line -> line.startsWith("NO: these differ."));
    }

    /** It has left the payer, who has an entry for it. */
    @Test
    void money_in_transit_is_no_difference() {
        BigDecimal none = BigDecimal.ZERO.setScale(2);
        DemoReport.Proof proof = new DemoReport.Proof(
                new BigDecimal("100.00"),
                new Totals(1, new BigDecimal("70.00"), none, none, new BigDecimal("30.00"), 0),
                new LedgerTotals(2, new BigDecimal("70.00")));

        assertThat(proof.holds()).isTrue();
        assertThat(demo("1214.50").json().get("inTransit")).isEqualTo("0.00");
    }

    private static final List<DemoChange> CHANGES = List.of(
            new DemoChange(
                    "eu-3 joins",
                    Map.of("eu-1", 0.5, "eu-2", 0.5),
                    Map.of("eu-1", 0.34, "eu-2", 0.33, "eu-3", 0.33),
                    1 / 3.0,
                    REBALANCED),
            new DemoChange(
                    "eu-2 is drained",
                    Map.of("eu-1", 0.34, "eu-2", 0.33, "eu-3", 0.33),
                    Map.of("eu-1", 0.5, "eu-3", 0.5),
                    0.33,
                    REBALANCED));

    private static DemoReport demo(String ledger) {
        DemoTally tally = new DemoTally();
        tally.waited(Duration.ofMillis(1));
        tally.opened(new BigDecimal("1000.00"));
        DemoOperation deposit = operation(DemoOperation.Kind.DEPOSIT, "214.50");
        tally.answered(deposit, new Posting.Applied(BigDecimal.ONE));
        tally.answered(deposit, new Posting.AlreadyApplied(BigDecimal.ONE));
        tally.answered(
                operation(DemoOperation.Kind.WITHDRAWAL, "1.00"), new Posting.InsufficientFunds(BigDecimal.ZERO));
        Totals totals = new Totals(1, new BigDecimal("1234.50"), new BigDecimal("-20.00"), BigDecimal.ZERO.setScale(2));
        return new DemoReport(
                status(up("eu-1", 0.5, 1), up("eu-3", 0.5, 0)),
                new DemoReport.Operations(4, 3, new WorkerThreads.Outcome(2, Duration.ofSeconds(2)), tally, CHANGES),
                new DemoReport.Lookups(
                        ZOE, new CustomerPage(List.of(ZOE), Optional.empty()), Map.of(ZOE.key(), "eu-1")),
                new DemoReport.Proof(tally.expected(), totals, new LedgerTotals(4, new BigDecimal(ledger))),
                "ringshard");
    }

    private static DemoOperation operation(DemoOperation.Kind kind, String amount) {
        return new DemoOperation(
                kind,
                "c-7",
                Account.SAVINGS,
                new AccountRef("c-8", Account.CHECKING),
                new BigDecimal(amount),
                new OperationId("o"));
    }
}
