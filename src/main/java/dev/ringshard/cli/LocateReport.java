package dev.ringshard.cli;

import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenTable;
import dev.ringshard.cli.screen.ScreenText;
import dev.ringshard.ring.Pins;
import dev.ringshard.routing.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where keys live, in the order in which they were given.
 *
 * @param pins keys that must live on a named shard
 * @param hasBank whether the built-in bank is on, so that a key may be a customer's
 */
record LocateReport(List<Location> locations, Pins pins, boolean hasBank, NextStep next) implements Report {

    @Override
    public List<String> lines(ScreenStyle style) {
        ScreenTable table = new ScreenTable()
                .left("key")
                .left("shard")
                .right("token")
                .right("range from")
                .right("to")
                .left("");
        for (Location location : locations) {
            table.row(
                    ScreenText.printable(location.key()),
                    location.shard(),
                    Long.toString(location.token()),
                    Long.toString(location.range().first()),
                    Long.toString(location.range().last()),
                    pinned(location)
                            .map(shard -> shard.equals(location.shard()) ? "pinned" : "pinned to " + shard)
                            .orElse(""));
        }
        List<String> lines = new ArrayList<>(table.lines(style));
        lines.add("");
        lines.add("Next: "
                + (hasBank
                        ? next.command("get", NextStep.quoted(locations.get(0).key()))
                        : next.command("status")));
        return lines;
    }

    private Optional<String> pinned(Location location) {
        return Optional.ofNullable(pins.shards().get(location.key()));
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("keys", locations.stream().map(this::json).toList());
    }

    private Map<String, ?> json(Location location) {
        return ReportJson.fields()
                .with("key", location.key())
                .with("shard", location.shard())
                .with("token", Long.toString(location.token()))
                .with("rangeFirst", Long.toString(location.range().first()))
                .with("rangeLast", Long.toString(location.range().last()))
                .with("pinnedTo", pinned(location).orElse(null));
    }
}
