package dev.ringshard.cli.bank.demo;

import dev.ringshard.bank.Customer;
import dev.ringshard.bank.CustomerPage;
import dev.ringshard.bank.LedgerTotals;
import dev.ringshard.bank.Totals;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.WritePauses;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The demo's one screen. All of it is read from the shards or counted by the callers; nothing is assumed. */
record DemoReport(ClusterStatus status, Operations work, Lookups lookups, Proof proof, String program)
        implements Report {
    /**
     * The operations, as their callers saw them.
     *
     * @param asked how many operations there should have been, had the time sufficed
     * @param changes of the shards, made at the same time
     */
    record Operations(int threads, int asked, WorkerThreads.Outcome moved, DemoTally tally, List<DemoChange> changes) {}

    /**
     * Reads of single customers.
     *
     * @param someone a customer found by key
     * @param page the first customers of all, by name
     * @param shards where each of these lives, by key
     */
    record Lookups(Customer someone, CustomerPage page, Map<String, String> shards) {}

    /**
     * The same money from three sides.
     *
     * @param expected opened with, plus deposits, less withdrawals, as far as acknowledged
     * @param balances of all customers on all shards
     * @param ledger all entries on all shards
     */
    record Proof(BigDecimal expected, Totals balances, LedgerTotals ledger) {
        boolean holds() {
            return expected.compareTo(balances.money()) == 0
                    && expected.compareTo(ledger.money().add(balances.inTransit())) == 0;
        }
    }

    /** How many live on a shard: the rows of the bank's first table. */
    static long customers(ShardStatus shard) {
        return shard.rows().isEmpty() ? 0 : shard.rows().get(0).rows();
    }

    @Override
    public ExitCode exitCode() {
        return proof.holds() ? ExitCode.DONE : ExitCode.DIFFERENCES;
    }

    @Override
    public List<String> lines(ScreenStyle style) {
        List<String> lines = new ArrayList<>();
        lines.add(style.strong("Ringshard demo") + " · four H2 databases in memory; a fifth joins, one is drained");
        lines.addAll(new DemoScreen(this, style).sections());
        return lines;
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with(
                        "shards",
                        status.shards().stream()
                                .map(shard -> ReportJson.fields()
                                        .with("name", shard.name())
                                        .with("customers", customers(shard))
                                        .with("share", shard.share()))
                                .toList())
                .with("customers", proof.balances().customers())
                .with("operations", work.moved().done())
                .with("seconds", Numbers.seconds(work.moved().time()))
                .with(
                        "writeMillis",
                        ReportJson.fields()
                                .with("p50", Numbers.exactMillis(work.tally().percentile(50)))
                                .with("p99", Numbers.exactMillis(work.tally().percentile(99)))
                                .with("max", Numbers.exactMillis(work.tally().percentile(100))))
                .with("changes", work.changes().stream().map(DemoReport::json).toList())
                .with("opened", work.tally().opened())
                .with("expected", proof.expected())
                .with("balances", proof.balances().money())
                .with("inTransit", proof.balances().inTransit())
                .with("entries", proof.ledger().entries())
                .with("ledger", proof.ledger().money())
                .with("conserved", proof.holds());
    }

    private static Map<String, ?> json(DemoChange change) {
        return ReportJson.fields()
                .with("what", change.what())
                .with("movedRows", change.report().movedRows())
                .with("seconds", Numbers.seconds(change.report().time()))
                .with("movedShare", change.movedShare())
                .with("leastShare", change.least())
                .with("writePauseMillis", pauseMillis(change.report().writePauses()));
    }

    private static Map<String, ?> pauseMillis(WritePauses pauses) {
        return ReportJson.pauseMillis(pauses.median(), pauses.p99(), pauses.longest());
    }
}
