package dev.ringshard.internal.serve;

import dev.ringshard.internal.ring.RangeMove;
import dev.ringshard.internal.watch.ObservedCluster;
import dev.ringshard.internal.watch.ObservedRebalance;
import dev.ringshard.internal.watch.ObservedRing;
import dev.ringshard.internal.watch.RangeInTransit;
import dev.ringshard.internal.watch.RateSample;
import dev.ringshard.rebalance.HeavyKey;
import dev.ringshard.rebalance.RowBalance;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.PinnedKey;
import dev.ringshard.status.TableRows;
import dev.ringshard.status.WatchStatus;
import dev.ringshard.status.WritePauses;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the page draws. Places on the ring are fractions of it, 0 to 1, from the lowest token on. */
final class StatusJson {
    private StatusJson() {}

    static JsonText of(ObservedCluster seen, List<OperatorNotice> notices) {
        ObservedRing ring = seen.ring();
        return new JsonText()
                .with("cluster", seen.status().cluster())
                .with("at", seen.at().toString())
                .with("settled", seen.status().isSettled())
                .with("moving", seen.isMoving())
                .with("rows", rows(seen.rows()))
                .with("leftovers", seen.status().leftovers())
                .with("pendingShare", seen.status().pendingShare().orElse(0))
                .with("unknownShare", ring.unknownShare())
                .with("notices", notices.stream().map(StatusJson::notice).toList())
                .with(
                        "shards",
                        seen.shards().stream().map(shard -> shard(seen, shard)).toList())
                .with(
                        "watches",
                        seen.status().watches().stream().map(StatusJson::watch).toList())
                .with("pins", seen.status().pins().stream().map(StatusJson::pin).toList())
                .with(
                        "heaviest",
                        seen.balance().heaviest().stream()
                                .map(StatusJson::heavy)
                                .toList())
                .with("sampled", seen.balance().isSampled())
                .with("owners", arcs(ring.owners()))
                .with("targets", arcs(ring.target()))
                .with("pending", ring.pending().stream().map(StatusJson::move).toList())
                .with(
                        "transit",
                        ring.transit().stream().map(StatusJson::transit).toList())
                .with("run", seen.run().map(StatusJson::run).orElse(null))
                .with("samples", seen.samples().stream().map(StatusJson::sample).toList());
    }

    /** By table, in the order of the configuration; none if they have not been counted. */
    private static List<JsonText> rows(List<TableRows> tables) {
        return tables.stream()
                .map(table -> new JsonText()
                        .with("table", table.table())
                        .with("rows", table.rows())
                        .with("exact", table.isExact()))
                .toList();
    }

    private static JsonText notice(OperatorNotice notice) {
        return new JsonText()
                .with("level", word(notice.level()))
                .with("text", notice.text())
                .with("detail", notice.detail())
                .with("command", notice.command().orElse(null));
    }

    private static JsonText shard(ObservedCluster seen, ShardStatus shard) {
        return new JsonText()
                .with("name", shard.name())
                .with("state", word(shard.state()))
                .with("since", seen.since(shard).toString())
                .with("problem", shard.problem().orElse(null))
                .with("share", shard.share())
                .with("targetShare", shard.targetShare())
                .with("ranges", shard.ranges().orElse(0))
                .with("rows", rows(shard.rows()))
                .with(
                        "ofFairShare",
                        seen.balance().shards().stream()
                                .filter(held -> held.shard().equals(shard.name()) && held.fair() >= 1)
                                .map(RowBalance.ShardLoad::ratioBefore)
                                .findFirst()
                                .orElse(null))
                .with("leftovers", shard.leftovers().total())
                .with("schemaVersion", shard.schemaVersion().orElse(null));
    }

    private static JsonText watch(WatchStatus watch) {
        return new JsonText()
                .with("instance", watch.instance())
                .with("silent", watch.isSilent())
                .with("decision", word(watch.decision().kind()).replace('_', ' '))
                .with("imbalance", watch.decision().imbalance())
                .with("reason", watch.decision().reason())
                .with("startedSecondsAgo", watch.ages().started().toSeconds())
                .with("decidedSecondsAgo", watch.ages().decided().toSeconds())
                .with("lookedSecondsAgo", watch.ages().looked().toSeconds())
                .with("heardSecondsAgo", watch.ages().heard().toSeconds());
    }

    private static JsonText pin(PinnedKey pin) {
        return new JsonText()
                .with("key", pin.key())
                .with("shard", pin.shard())
                .with("owner", pin.owner().orElse(null));
    }

    /** With its token as text: browsers round large numbers. */
    private static JsonText heavy(HeavyKey heavy) {
        return new JsonText()
                .with("key", heavy.key().orElse(null))
                .with("token", String.valueOf(heavy.token()))
                .with("shard", heavy.shard())
                .with("rows", heavy.rows())
                .with("ofFairShare", heavy.ofFairShare());
    }

    private static List<List<Object>> arcs(TokenMap<String> map) {
        return map.entries().stream()
                .map(entry -> List.<Object>of(begin(entry.range()), end(entry.range()), entry.value()))
                .toList();
    }

    private static List<Object> move(RangeMove move) {
        return List.of(begin(move.range()), end(move.range()), move.source(), move.target());
    }

    private static List<Object> transit(RangeInTransit transit) {
        return List.of(
                begin(transit.range()),
                end(transit.range()),
                transit.source(),
                transit.target(),
                transit.isHandedOver());
    }

    private static double begin(TokenRange range) {
        return rounded(0.5 + range.first() * 0x1p-64);
    }

    private static double end(TokenRange range) {
        return rounded(0.5 + (range.last() + 1.0) * 0x1p-64);
    }

    /** Finer than a screen can show. */
    private static double rounded(double place) {
        return Math.round(place * 1e7) / 1e7;
    }

    private static JsonText run(ObservedRebalance run) {
        WritePauses pauses = run.pauses();
        return new JsonText()
                .with("active", run.isActive())
                .with("began", run.began().toString())
                .with("seconds", run.elapsed().toMillis() / 1e3)
                .with("rows", run.rows())
                .with("rowsPerSecond", run.rowsPerSecond())
                .with("doneShare", run.doneShare().orElse(null))
                .with("secondsLeft", JsonText.seconds(run.timeLeft()))
                .with("chunks", pauses.chunks())
                .with(
                        "pauseMillis",
                        new JsonText()
                                .with("p50", JsonText.millis(pauses.median()))
                                .with("p99", JsonText.millis(pauses.p99()))
                                .with("max", JsonText.millis(pauses.longest())));
    }

    private static List<@Nullable Double> sample(RateSample sample) {
        List<@Nullable Double> pair = new ArrayList<>();
        pair.add((double) Math.round(sample.rowsPerSecond()));
        pair.add(sample.longestPause().map(JsonText::millis).orElse(null));
        return pair;
    }

    private static String word(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
