package dev.ringshard.cli;

import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenText;
import dev.ringshard.event.WatchDecision.Kind;
import dev.ringshard.status.WatchStatus;
import java.util.List;
import java.util.Map;

/** Shows who rebalances a cluster by itself, what each has decided and why, and who has stopped or fallen silent. */
final class RunningWatches {
    private RunningWatches() {}

    /** One that says so if there is none. */
    static List<String> lines(List<WatchStatus> watches, ScreenStyle style) {
        return watches.isEmpty()
                ? List.of("Nobody watches it to rebalance by itself.")
                : watches.stream()
                        .flatMap(watch -> lines(watch, style).stream())
                        .toList();
    }

    private static List<String> lines(WatchStatus watch, ScreenStyle style) {
        String reason = "  " + ScreenText.printable(watch.decision().reason());
        String instance = ScreenText.printable(watch.instance());
        WatchStatus.Ages ages = watch.ages();
        if (watch.hasStopped()) {
            return List.of(
                    style.bad("The watch of %s stopped %s ago; nothing rebalances until a person has looked:"
                            .formatted(instance, Numbers.time(ages.decided()))),
                    style.bad(reason));
        }
        if (watch.isSilent()) {
            return List.of(
                    style.bad("The watch of %s is silent for %s: it has died, or reaches no shard. It last said:"
                            .formatted(instance, Numbers.time(ages.heard()))),
                    "  " + WatchReport.word(watch.decision()) + ":" + reason.substring(1));
        }
        return List.of(
                "Watched by %s for %s: %s for %s%s."
                        .formatted(
                                instance,
                                Numbers.time(ages.started()),
                                WatchReport.word(watch.decision()),
                                Numbers.time(ages.decided()),
                                watch.decision().kind() == Kind.REBALANCES
                                        ? ""
                                        : ", last look %s ago".formatted(Numbers.time(ages.looked()))),
                reason);
    }

    static List<? extends Map<String, ?>> json(List<WatchStatus> watches) {
        return watches.stream()
                .map(watch -> ReportJson.fields()
                        .with("instance", watch.instance())
                        .with("silent", watch.isSilent())
                        .with("decision", WatchReport.word(watch.decision()))
                        .with("imbalance", watch.decision().imbalance())
                        .with("reason", watch.decision().reason())
                        .with("startedSecondsAgo", watch.ages().started().toSeconds())
                        .with("decidedSecondsAgo", watch.ages().decided().toSeconds())
                        .with("lookedSecondsAgo", watch.ages().looked().toSeconds())
                        .with("heardSecondsAgo", watch.ages().heard().toSeconds()))
                .toList();
    }
}
