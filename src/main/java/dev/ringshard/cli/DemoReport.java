package dev.ringshard.cli;

import dev.ringshard.ClusterStatus;
import dev.ringshard.config.RingConfig;
import dev.ringshard.customers.Customer;
import dev.ringshard.customers.CustomerPage;
import dev.ringshard.customers.LedgerTotals;
import dev.ringshard.customers.Totals;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The demo's one screen. All of it is read from the shards or counted by the callers; nothing is assumed. */
record DemoReport(RingConfig ring, ClusterStatus status, Work work, Found found, Proof proof, String program)
        implements Report {
    /**
     * What was done, as those who did it saw it.
     *
     * @param asked how many operations there should have been, had the time sufficed
     */
    record Work(int threads, int asked, Crew.Outcome moved, DemoTally tally) {}

    /**
     * What was looked up.
     *
     * @param someone by key
     * @param page the first ones of all, by name
     * @param shard of a customer's key
     */
    record Found(Customer someone, CustomerPage page, UnaryOperator<String> shard) {}

    /**
     * The same money from three sides.
     *
     * @param expected opened with, plus deposits, less withdrawals, as far as acknowledged
     * @param balances of all customers on all shards
     * @param ledger all entries on all shards
     */
    record Proof(BigDecimal expected, Totals balances, LedgerTotals ledger) {
        boolean holds() {
            return expected.compareTo(balances.money()) == 0 && expected.compareTo(ledger.money()) == 0;
        }
    }

    @Override
    public ExitCode exitCode() {
        return proof.holds() ? ExitCode.DONE : ExitCode.DIFFERENCES;
    }

    @Override
    public List<String> lines(Look look) {
        List<String> lines = new ArrayList<>();
        lines.add(look.strong("Ringshard demo")
                + " · %s in memory · %s, %s virtual nodes each"
                        .formatted(
                                Numbers.count(status.shards().size(), "H2 database", "H2 databases"),
                                ring.hash().name(),
                                Numbers.count(ring.virtualNodes())));
        lines.addAll(new DemoScreen(this, look).sections());
        return lines;
    }

    @Override
    public Map<String, ?> json() {
        return Json.fields()
                .with(
                        "shards",
                        status.shards().stream()
                                .map(shard -> Json.fields()
                                        .with("name", shard.name())
                                        .with("customers", shard.customers().orElse(0))
                                        .with("share", shard.share()))
                                .toList())
                .with("customers", proof.balances().customers())
                .with("operations", work.moved().done())
                .with("seconds", Numbers.seconds(work.moved().time()))
                .with("opened", work.tally().opened())
                .with("expected", proof.expected())
                .with("balances", proof.balances().money())
                .with("entries", proof.ledger().entries())
                .with("ledger", proof.ledger().money())
                .with("conserved", proof.holds());
    }
}
