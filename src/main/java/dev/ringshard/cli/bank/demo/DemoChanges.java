package dev.ringshard.cli.bank.demo;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.rebalance.RebalanceProgress;
import dev.ringshard.rebalance.RebalanceReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** A shard joins and another is drained, in a thread of its own while the bank is open. */
final class DemoChanges {
    private final Ringshard bank;
    private final ShardConfig joining;
    private final String leaving;
    private final CompletableFuture<List<DemoChange>> result;
    private volatile String now = "";

    private DemoChanges(Ringshard bank, ShardConfig joining, String leaving) {
        this.bank = bank;
        this.joining = joining;
        this.leaving = leaving;
        this.result = CompletableFuture.supplyAsync(this::make);
    }

    static DemoChanges begin(Ringshard bank, ShardConfig joining, String leaving) {
        return new DemoChanges(bank, joining, leaving);
    }

    private List<DemoChange> make() {
        int before = shares().size();
        DemoChange joined = change(
                joining.name() + " joins",
                1.0 / (before + 1),
                listener -> bank.addShard(joining, listener),
                joining.name());
        double drained = joined.after().getOrDefault(leaving, 0.0);
        DemoChange left =
                change(leaving + " is drained", drained, listener -> bank.removeShard(leaving, listener), leaving);
        now = "";
        return List.of(joined, left);
    }

    private interface Change {
        RebalanceReport make(Consumer<RebalanceProgress> listener);
    }

    private DemoChange change(String what, double least, Change change, String shard) {
        Map<String, Double> before = shares();
        RebalanceReport report = change.make(progress ->
                now = what + ": " + Numbers.percent(progress.shares().getOrDefault(shard, 0.0)));
        return new DemoChange(what, before, shares(), least, report);
    }

    private Map<String, Double> shares() {
        bank.router().refresh();
        return new LinkedHashMap<>(bank.router().shares());
    }

    boolean areDone() {
        return result.isDone();
    }

    /** The change under way and its share of the ring, for the progress line. */
    String now() {
        return now;
    }

    /** Waits for all changes. */
    List<DemoChange> await() {
        try {
            return result.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }
}
