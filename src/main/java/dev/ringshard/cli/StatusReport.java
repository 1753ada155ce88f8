package dev.ringshard.cli;

import dev.ringshard.ClusterStatus;
import dev.ringshard.ClusterStatus.ShardStatus;
import dev.ringshard.ClusterStatus.State;
import dev.ringshard.shard.PoolState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** How a cluster is: one line for each shard, what is wrong, and what to do about it. */
record StatusReport(ClusterStatus status, Next next) implements Report {
    private static final String UNKNOWN = "–";

    @Override
    public ExitCode exitCode() {
        return status.isSettled() ? ExitCode.DONE : ExitCode.DIFFERENCES;
    }

    @Override
    public List<String> lines(Look look) {
        List<String> lines = new ArrayList<>();
        lines.add(look.strong("Cluster " + status.cluster()) + " · "
                + Numbers.count(status.shards().size(), "shard", "shards") + " · " + customers());
        lines.add("");
        lines.addAll(table(look).lines(look));
        lines.add("");
        for (ShardStatus shard : status.shards()) {
            shard.problem().ifPresent(problem -> lines.add(look.bad(problem)));
        }
        if (ownerless() > 0.5e-3) {
            lines.add(
                    look.bad(Numbers.percent(ownerless()) + " of the ring has no owner among the shards that answer."));
        }
        lines.add(leftovers());
        lines.add("Next: " + nextStep());
        return lines;
    }

    private String customers() {
        long counted = status.shards().stream()
                .filter(shard -> shard.customers().isPresent())
                .count();
        if (counted == 0) {
            return "customers not counted";
        }
        String count = Numbers.count(known(), "customer", "customers");
        return counted == status.shards().size() ? count : count + " on those that answer";
    }

    private long known() {
        return status.shards().stream()
                .mapToLong(shard -> shard.customers().orElse(0))
                .sum();
    }

    private double ownerless() {
        return 1 - status.shards().stream().mapToDouble(ShardStatus::share).sum();
    }

    private Table table(Look look) {
        double longest =
                status.shards().stream().mapToDouble(ShardStatus::share).max().orElse(0);
        Table table = new Table()
                .left("shard")
                .left("state")
                .right("customers")
                .right("share")
                .left("")
                .right("target")
                .right("ranges")
                .right("pool")
                .right("schema");
        for (ShardStatus shard : status.shards()) {
            table.row(
                    shard.name(),
                    state(shard.state()),
                    number(shard.customers()),
                    shard.state() == State.DOWN && shard.share() == 0 ? UNKNOWN : Numbers.percent(shard.share()),
                    look.bar(shard.share(), longest),
                    Numbers.percent(shard.targetShare()),
                    number(shard.ranges()),
                    shard.pool().map(pool -> pool.active() + "/" + pool.size()).orElse(UNKNOWN),
                    shard.schemaVersion().orElse(UNKNOWN));
        }
        return table;
    }

    private static String state(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String number(OptionalLong number) {
        return number.isPresent() ? Numbers.count(number.getAsLong()) : UNKNOWN;
    }

    private String leftovers() {
        return status.leftovers() == 0
                ? "Nothing is left over from moves."
                : Numbers.count(status.leftovers(), "leftover of a move awaits", "leftovers of moves await")
                        + " recovery.";
    }

    private String nextStep() {
        if (has(State.DOWN)) {
            return "see that each database that is down runs, then " + next.command("status");
        }
        if (has(State.NEW)) {
            return next.command("plan") + ": a new shard takes part after a rebalance";
        }
        if (status.leftovers() > 0) {
            return next.command("recover");
        }
        if (!status.isSettled()) {
            return next.command("plan") + ": what a rebalance would move";
        }
        return known() == 0 ? next.command("load", LoadCommand.FILES) : next.command("get", "KEY");
    }

    private boolean has(State state) {
        return status.shards().stream().anyMatch(shard -> shard.state() == state);
    }

    @Override
    public Map<String, ?> json() {
        return Json.fields()
                .with("cluster", status.cluster())
                .with("settled", status.isSettled())
                .with("leftovers", status.leftovers())
                .with("shards", status.shards().stream().map(StatusReport::json).toList());
    }

    private static Map<String, ?> json(ShardStatus shard) {
        return Json.fields()
                .with("name", shard.name())
                .with("state", state(shard.state()))
                .with("share", shard.share())
                .with("targetShare", shard.targetShare())
                .with("customers", orNull(shard.customers()))
                .with("ranges", orNull(shard.ranges()))
                .with("leftovers", shard.leftovers())
                .with("schemaVersion", shard.schemaVersion().orElse(null))
                .with("pool", shard.pool().map(StatusReport::json).orElse(null))
                .with("problem", shard.problem().orElse(null));
    }

    private static Map<String, ?> json(PoolState pool) {
        return Json.fields()
                .with("size", pool.size())
                .with("total", pool.total())
                .with("active", pool.active())
                .with("idle", pool.idle())
                .with("waiting", pool.waiting());
    }

    private static @Nullable Long orNull(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }
}
