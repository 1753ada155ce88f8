package dev.ringshard.cli;

import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenTable;
import dev.ringshard.cli.screen.ScreenText;
import dev.ringshard.rebalance.HeavyKey;
import dev.ringshard.rebalance.RowBalance;
import dev.ringshard.rebalance.RowBalance.ShardLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Shows how evenly rows lie on the shards, which keys have most, and which to pin.
 *
 * @param goesByRows whether the strategy does
 * @param pinned the keys that are pinned already
 */
record RowBalanceScreen(RowBalance balance, boolean goesByRows, Set<String> pinned) {
    /** What a strategy by rows aims at, and what is worth a word by another. */
    private static final double EVEN = 1.10;

    /** Keys that are less than this of a fair share are not worth a table. */
    private static final double NOTABLE = 0.02;

    /** Lines, with an empty one behind; none if nothing was measured. */
    List<String> lines(ScreenStyle style) {
        if (!balance.isKnown() || balance.shards().stream().allMatch(held -> held.before() == 0)) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        lines.addAll(shards(style).lines(style));
        lines.add("");
        lines.addAll(heaviest(style));
        lines.add(peak());
        balance.aboveShare().forEach(key -> lines.addAll(tooHeavy(key)));
        lines.add("");
        return lines;
    }

    private ScreenTable shards(ScreenStyle style) {
        double longest = balance.shards().stream()
                .mapToDouble(held -> Math.max(held.before(), held.after()))
                .max()
                .orElse(0);
        ScreenTable table = new ScreenTable()
                .left("shard")
                .right(balance.isSampled() ? "fair, about" : "fair")
                .right("rows now")
                .left("")
                .right("rows then")
                .left("")
                .right("of fair");
        for (ShardLoad shard : balance.shards()) {
            table.row(
                    shard.shard(),
                    Numbers.count(Math.round(shard.fair())),
                    Numbers.count(shard.before()),
                    style.bar((double) shard.before(), longest),
                    Numbers.count(shard.after()),
                    style.bar((double) shard.after(), longest),
                    shard.fair() < 1 ? "" : ratio(shard.ratioAfter()));
        }
        return table;
    }

    private List<String> heaviest(ScreenStyle style) {
        List<HeavyKey> keys = balance.heaviest();
        if (keys.isEmpty() || keys.get(0).ofFairShare() < NOTABLE) {
            return keys.isEmpty()
                    ? List.of()
                    : List.of("No key has more than %s of a fair share.".formatted(Numbers.percent(NOTABLE)));
        }
        ScreenTable table =
                new ScreenTable().left("heaviest").left("on").right("rows").right("of a fair share");
        keys.forEach(key ->
                table.row(name(key), key.shard(), Numbers.count(key.rows()), Numbers.percent(key.ofFairShare())));
        List<String> lines = new ArrayList<>(table.lines(style));
        lines.add("");
        return lines;
    }

    private static String name(HeavyKey key) {
        return key.key().map(ScreenText::printable).orElseGet(() -> "token " + key.token());
    }

    private String peak() {
        String now = "The fullest shard holds %s of its fair share now, and %s then"
                .formatted(ratio(balance.peakBefore()), ratio(balance.peakAfter()));
        if (balance.peakAfter() <= EVEN) {
            return now + ".";
        }
        return now + (goesByRows ? ": as close as whole keys allow." : "; the strategy by-size evens that out.");
    }

    private List<String> tooHeavy(HeavyKey key) {
        if (key.key().filter(pinned::contains).isPresent()) {
            return List.of();
        }
        return List.of(
                "%s alone is %s of a fair share, and no strategy can part it. To keep it where it is:"
                        .formatted(name(key), ratio(key.ofFairShare())),
                "  pins: { %s: %s }"
                        .formatted(key.key().map(RowBalanceScreen::quoted).orElse("its key"), key.shard()));
    }

    private static String quoted(String key) {
        return '"' + ScreenText.printable(key).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }

    static Map<String, ?> json(RowBalance balance) {
        return ReportJson.fields()
                .with("sampled", balance.isSampled())
                .with("peakBefore", balance.peakBefore())
                .with("peakAfter", balance.peakAfter())
                .with(
                        "shards",
                        balance.shards().stream()
                                .map(held -> ReportJson.fields()
                                        .with("name", held.shard())
                                        .with("fair", Math.round(held.fair()))
                                        .with("rowsBefore", held.before())
                                        .with("rowsAfter", held.after()))
                                .toList())
                .with(
                        "heaviest",
                        balance.heaviest().stream()
                                .map(key -> ReportJson.fields()
                                        .with("key", key.key().orElse(null))
                                        .with("token", Long.toString(key.token()))
                                        .with("shard", key.shard())
                                        .with("rows", key.rows())
                                        .with("ofFairShare", key.ofFairShare()))
                                .toList());
    }
}
