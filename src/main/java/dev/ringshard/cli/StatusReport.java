package dev.ringshard.cli;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenTable;
import dev.ringshard.outbox.OutboxTotals;
import dev.ringshard.status.BehindCopy;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.ClusterStatus.State;
import dev.ringshard.status.PoolState;
import dev.ringshard.status.WatchStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a cluster is: one line for each shard, what is wrong, and what to do about it.
 *
 * @param moves what a rebalance does right now; empty if none is seen
 * @param hasBank whether the built-in bank is on, which can be loaded
 * @param messages between keys that are on their way; empty if there is no outbox, or it could not be looked into
 */
record StatusReport(
        ClusterStatus status,
        Optional<RebalanceInProgress> moves,
        boolean hasBank,
        Optional<OutboxTotals> messages,
        NextStep next)
        implements Report {
    private static final String UNKNOWN = "–";

    @Override
    public ExitCode exitCode() {
        return status.isSettled() && !hasDeadMessages() && status.behind().isEmpty() && areWatchesWell()
                ? ExitCode.DONE
                : ExitCode.DIFFERENCES;
    }

    @Override
    public List<String> lines(ScreenStyle style) {
        List<String> lines = new ArrayList<>();
        lines.add(style.strong("Cluster " + status.cluster()) + " · "
                + Numbers.count(status.shards().size(), "shard", "shards") + " · " + rows());
        lines.add("");
        lines.addAll(table(style).lines(style));
        lines.add("");
        lines.addAll(PinnedKeys.lines(status.pins(), style));
        for (ShardStatus shard : status.shards()) {
            shard.problem().ifPresent(problem -> lines.add(style.bad(problem)));
        }
        status.problem().filter(problem -> !isSaid(problem)).ifPresent(problem -> lines.add(style.bad(problem)));
        if ((status.problem().isEmpty() || status.isSetBack()) && ownerless() > 0.5e-3) {
            lines.add(style.bad(Numbers.percent(ownerless()) + " of the ring has no owner among the shards that answer"
                    + (has(State.DOWN) || status.isSetBack() ? "." : ": one may be missing from the configuration.")));
        }
        hints().forEach(lines::add);
        lines.addAll(status.remarks());
        if (moves.isEmpty()) {
            pending().ifPresent(lines::add);
        }
        moves.ifPresent(seen -> lines.addAll(seen.lines(style)));
        messages.ifPresent(totals -> lines.addAll(messages(style, totals)));
        status.behind().forEach(copy -> lines.add(style.bad(copy.sentence())));
        if (has(State.UP)) {
            lines.addAll(RunningWatches.lines(status.watches(), style));
        }
        lines.add(leftovers());
        lines.add("Next: " + nextStep());
        return lines;
    }

    private boolean areWatchesWell() {
        return status.watches().stream().allMatch(WatchStatus::isWell);
    }

    private boolean hasDeadMessages() {
        return messages.filter(totals -> totals.dead() > 0).isPresent();
    }

    private static List<String> messages(ScreenStyle style, OutboxTotals totals) {
        List<String> lines = new ArrayList<>();
        totals.oldest()
                .ifPresent(age -> lines.add("%s between keys %s on the way, the oldest for %s."
                        .formatted(
                                Numbers.count(totals.pending(), "message", "messages"),
                                totals.pending() == 1 ? "is" : "are",
                                Numbers.time(age))));
        if (totals.dead() > 0) {
            lines.add(style.bad(
                    "%s dead: the handler has failed too often. See the application's log; recover tries once more."
                            .formatted(Numbers.count(totals.dead(), "message is", "messages are"))));
        }
        return lines;
    }

    private boolean isSaid(String problem) {
        return status.shards().stream().anyMatch(shard -> shard.problem().equals(Optional.of(problem)));
    }

    /** A new shard has none that count. */
    private String rows() {
        if (status.rows().isEmpty()) {
            return "rows not counted";
        }
        return RowSummary.text(status.rows()) + (has(State.DOWN) ? " on those that answer" : "");
    }

    private List<String> hints() {
        List<String> hints = new ArrayList<>();
        names(shard -> shard.state() == State.NEW && status.problem().isEmpty()) // with one, nothing takes part
                .ifPresent(names -> hints.add("New, and to take part after a rebalance: %s.".formatted(names)));
        if (!status.isSetBack()) { // then an empty one may be the only one that knows where its rows went
            names(StatusReport::isEmptied).ifPresent(names -> hints.add(emptied(names)));
        }
        return hints;
    }

    /** What is said of shards that were drained. */
    static String emptied(String names) {
        return "Empty now, and may be left out of the configuration: %s.".formatted(names);
    }

    /** What a rebalance would do, or why it would do nothing where a share is not quite its target. */
    private Optional<String> pending() {
        double pending = status.pendingShare().orElse(0);
        if (pending > 0) {
            return Optional.of("%s of the ring is not where the configuration wants it; a rebalance would move it."
                    .formatted(Numbers.percent(pending)));
        }
        return status.isSettled() && status.shards().stream().anyMatch(StatusReport::isBesideItsTarget)
                ? Optional.of("Nothing has to move: a shard may own 0.90 to 1.05 of its target.")
                : Optional.empty();
    }

    /** As it is printed. By the strategy {@code vnodes}, no shard of a settled cluster is. */
    private static boolean isBesideItsTarget(ShardStatus shard) {
        return !Numbers.percent(shard.share()).equals(Numbers.percent(shard.targetShare()));
    }

    private Optional<String> names(Predicate<ShardStatus> which) {
        return status.shards().stream()
                .filter(which)
                .map(ShardStatus::name)
                .reduce((remaining, right) -> remaining + ", " + right);
    }

    private static boolean isEmptied(ShardStatus shard) {
        return shard.state() == State.UP
                && shard.share() == 0
                && shard.targetShare() == 0
                && shard.leftovers().total() == 0
                && shard.allRows().orElse(1) == 0;
    }

    private boolean isEmpty() {
        return status.rows().stream().allMatch(table -> table.rows() == 0);
    }

    private double ownerless() {
        return 1 - status.shards().stream().mapToDouble(ShardStatus::share).sum();
    }

    private ScreenTable table(ScreenStyle style) {
        double longest =
                status.shards().stream().mapToDouble(ShardStatus::share).max().orElse(0);
        ScreenTable table = new ScreenTable()
                .left("shard")
                .left("state")
                .right(status.rows().size() == 1 ? status.rows().get(0).table() : "rows")
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
                    RowSummary.total(shard.rows()).orElse(UNKNOWN),
                    shard.state() == State.DOWN && shard.share() == 0 ? UNKNOWN : Numbers.percent(shard.share()),
                    style.bar(shard.share(), longest),
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
        if (moves.isPresent() && status.leftovers() > 0) {
            return Numbers.count(status.leftovers(), "range is", "ranges are") + " on the way, or just left.";
        }
        return status.leftovers() == 0
                ? "Nothing is left over from moves" + (has(State.DOWN) ? " on the shards that answer." : ".")
                : Numbers.count(status.leftovers(), "leftover of a move awaits", "leftovers of moves await")
                        + " recovery.";
    }

    private String nextStep() {
        if (has(State.DOWN)) {
            return "see that what is down runs and lets its user in, then " + next.command("status");
        }
        if (status.isSetBack()) {
            return "bring what was set back to its newest state, then " + next.command("status");
        }
        if (status.problem().isPresent()) {
            return "correct %s, then %s".formatted(next.config(), next.command("status"));
        }
        if (moves.isPresent()) {
            return next.command("status");
        }
        if (has(State.NEW)) {
            return next.command("plan");
        }
        if (status.leftovers() > 0 || hasDeadMessages() || !status.behind().isEmpty()) {
            return next.command("recover");
        }
        if (!status.isSettled()) {
            return next.command("plan");
        }
        if (status.watches().stream().anyMatch(WatchStatus::hasStopped)) {
            return next.command("verify");
        }
        return hasBank && isEmpty() ? InitReport.load(next) : next.command("serve");
    }

    private boolean has(State state) {
        return status.shards().stream().anyMatch(shard -> shard.state() == state);
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("cluster", status.cluster())
                .with("settled", status.isSettled())
                .with("rows", RowSummary.json(status.rows()))
                .with("leftovers", status.leftovers())
                .with("pendingShare", orNull(status.pendingShare()))
                .with("problem", status.problem().orElse(null))
                .with("messages", messages.map(StatusReport::json).orElse(null))
                .with("behind", status.behind().stream().map(StatusReport::json).toList())
                .with("moving", moves.map(RebalanceInProgress::json).orElse(null))
                .with("shards", status.shards().stream().map(StatusReport::json).toList())
                .with("pins", PinnedKeys.json(status.pins()))
                .with("remarks", status.remarks())
                .with("watches", RunningWatches.json(status.watches()));
    }

    private static Map<String, ?> json(BehindCopy copy) {
        return ReportJson.fields()
                .with("table", copy.table())
                .with("shard", copy.shard())
                .with("version", copy.version())
                .with("newest", copy.newest());
    }

    private static Map<String, ?> json(ShardStatus shard) {
        boolean answers = shard.state() != State.DOWN;
        return ReportJson.fields()
                .with("name", shard.name())
                .with("state", state(shard.state()))
                .with("share", answers ? shard.share() : null)
                .with("targetShare", shard.targetShare())
                .with("rows", answers ? RowSummary.json(shard.rows()) : null)
                .with("ranges", orNull(shard.ranges()))
                .with("leftovers", answers ? shard.leftovers().total() : null)
                .with("schemaVersion", shard.schemaVersion().orElse(null))
                .with("pool", shard.pool().map(StatusReport::json).orElse(null))
                .with("problem", shard.problem().orElse(null));
    }

    private static Map<String, ?> json(OutboxTotals totals) {
        return ReportJson.fields()
                .with("pending", totals.pending())
                .with("dead", totals.dead())
                .with("oldestSeconds", totals.oldest().map(Duration::toSeconds).orElse(null));
    }

    private static Map<String, ?> json(PoolState pool) {
        return ReportJson.fields()
                .with("size", pool.size())
                .with("total", pool.total())
                .with("active", pool.active())
                .with("idle", pool.idle())
                .with("waiting", pool.waiting());
    }

    private static @Nullable Double orNull(OptionalDouble number) {
        return number.isPresent() ? number.getAsDouble() : null;
    }

    private static @Nullable Long orNull(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }
}
