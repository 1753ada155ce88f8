package dev.ringshard.cli;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.outbox.OutboxTotals;
import dev.ringshard.status.RecoveryOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a recovery has tidied up, and what it could not.
 *
 * @param setBack what contradicts the rest, because a shard was set back in time; empty if nothing does
 * @param ownerless what keeps the ring from being owned as a whole, where all shards answer; empty if nothing does
 * @param undelivered what is on its way between keys, if some of it was sent before the recovery, which has tried to deliver it
 */
record RecoverReport(
        String cluster,
        RecoveryOutcome recovered,
        Optional<String> setBack,
        Optional<String> ownerless,
        Optional<OutboxTotals> undelivered,
        NextStep next)
        implements Report {

    @Override
    public ExitCode exitCode() {
        return isComplete() ? ExitCode.DONE : ExitCode.DIFFERENCES;
    }

    private boolean isComplete() {
        return setBack.isEmpty()
                && ownerless.isEmpty()
                && recovered.undecided().isEmpty()
                && undelivered.isEmpty()
                && recovered.remaining() == 0
                && recovered.behind() == 0
                && recovered.unreachable().isEmpty();
    }

    @Override
    public List<String> lines(ScreenStyle style) {
        List<String> lines = new ArrayList<>();
        lines.add(style.strong("Cluster " + cluster) + " · " + done(recovered));
        lines.add("");
        setBack.ifPresent(contradiction -> lines.add(style.bad(contradiction)));
        ownerless.ifPresent(reason -> lines.add(style.bad(reason)));
        undelivered.ifPresent(totals -> lines.addAll(undelivered(style, totals)));
        if (!recovered.undecided().isEmpty() && setBack.isEmpty()) {
            lines.add(style.bad(undecided(recovered)));
        }
        if (setBack.isEmpty() && recovered.undecided().isEmpty()) {
            lines.addAll(open(style, recovered));
        } else if (recovered.remaining() > 0) {
            lines.add("%s until that is mended."
                    .formatted(Numbers.count(
                            recovered.remaining(), "leftover of a move stays", "leftovers of moves stay")));
        }
        lines.add("Next: " + nextStep());
        return lines;
    }

    private static List<String> undelivered(ScreenStyle style, OutboxTotals totals) {
        List<String> lines = new ArrayList<>();
        lines.add(style.bad("%s not delivered%s."
                .formatted(
                        Numbers.count(totals.pending(), "message between keys is", "messages between keys are"),
                        totals.oldest()
                                .map(age -> ", the oldest for " + Numbers.time(age))
                                .orElse(""))));
        if (totals.dead() > 0) {
            lines.add(style.bad("%s dead: the handler has failed too often."
                    .formatted(Numbers.count(totals.dead(), "of these is", "of these are"))));
        }
        lines.add("What each met last is in the column last_failure of the outbox, and in the log.");
        return lines;
    }

    private static String undecided(RecoveryOutcome recovered) {
        return "What was written last to %s is lost, and nobody has decided about that."
                .formatted(String.join(", ", recovered.undecided()));
    }

    private String nextStep() {
        if (!recovered.unreachable().isEmpty()) {
            return "see that each database that is down runs, then " + next.command("recover");
        }
        if (setBack.isPresent()) {
            return "bring what was set back to its newest state, then " + next.command("status");
        }
        return next.command(isComplete() ? "verify" : "status");
    }

    /** One sentence without its end: what was done. */
    static String done(RecoveryOutcome recovered) {
        if (!recovered.undecided().isEmpty()) {
            return "nothing was changed";
        }
        String delivered = recovered.delivered() == 0
                ? ""
                : ", %s delivered".formatted(Numbers.count(recovered.delivered(), "message", "messages"));
        if (recovered.finished() + recovered.dropped() + recovered.purged() == 0) {
            return "nothing to tidy up" + delivered;
        }
        return "%s finished, %s dropped, %s emptied%s"
                .formatted(
                        Numbers.count(recovered.finished(), "handover", "handovers"),
                        Numbers.count(recovered.dropped(), "staged copy", "staged copies"),
                        Numbers.count(recovered.purged(), "departed range", "departed ranges"),
                        delivered);
    }

    /** What was done, which shards did not answer, and which have lost what was written to them. */
    static String sentence(RecoveryOutcome recovered) {
        String unreachable = recovered.unreachable().isEmpty()
                ? ""
                : ", and %s %s not reached"
                        .formatted(
                                String.join(", ", recovered.unreachable()),
                                recovered.unreachable().size() == 1 ? "was" : "were");
        String lost = recovered.withLoss().isEmpty()
                ? ""
                : " What was written to %s since the time to which it was set back is lost."
                        .formatted(String.join(", ", recovered.withLoss()));
        String undecided = recovered.undecided().isEmpty() ? "" : " " + undecided(recovered);
        return done(recovered) + unreachable + "." + lost + undecided;
    }

    /** What is still to do; one line that says "nothing" if so. */
    static List<String> open(ScreenStyle style, RecoveryOutcome recovered) {
        List<String> lines = new ArrayList<>();
        for (String shard : recovered.withLoss()) {
            lines.add(
                    style.bad("Shard %s was set back in time: what was written there since is lost.".formatted(shard)));
            lines.add("Nothing contradicts what is left of it, and it was taken as it is.");
        }
        if (!recovered.unreachable().isEmpty()) {
            lines.add(style.bad("Not reached: %s. What needs %s is still to do."
                    .formatted(
                            String.join(", ", recovered.unreachable()),
                            recovered.unreachable().size() == 1 ? "it" : "them")));
        }
        if (recovered.remaining() > 0) {
            lines.add("%s: a mover is at work, or a shard that is needed was not reached."
                    .formatted(Numbers.count(
                            recovered.remaining(), "leftover of a move remains", "leftovers of moves remain")));
        }
        if (recovered.behind() > 0) {
            lines.add("%s: see in the log what keeps it there."
                    .formatted(Numbers.count(
                            recovered.behind(),
                            "shard lacks the newest version of a reference table",
                            "shards lack the newest version of a reference table")));
        }
        if (lines.isEmpty()) {
            lines.add("Nothing is left over from moves.");
        }
        return lines;
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("cluster", cluster)
                .with("setBack", setBack.orElse(null))
                .with("ownerless", ownerless.orElse(null))
                .with("undelivered", undelivered.map(OutboxTotals::pending).orElse(0L))
                .with("dead", undelivered.map(OutboxTotals::dead).orElse(0L))
                .with("recovered", json(recovered));
    }

    static Map<String, ?> json(RecoveryOutcome recovered) {
        return ReportJson.fields()
                .with("finished", recovered.finished())
                .with("dropped", recovered.dropped())
                .with("purged", recovered.purged())
                .with("remaining", recovered.remaining())
                .with("unreachable", recovered.unreachable())
                .with("behind", recovered.behind())
                .with("delivered", recovered.delivered())
                .with("withLoss", recovered.withLoss())
                .with("undecided", recovered.undecided());
    }
}
