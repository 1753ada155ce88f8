package dev.ringshard.cli;

import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenTable;
import dev.ringshard.cli.screen.ScreenText;
import dev.ringshard.routing.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where keys live, in the order in which they were given.
 *
 * @param hasBank whether the built-in bank is on, so that a key may be a customer's
 */
record LocateReport(List<Location> locations, boolean hasBank, NextStep next) implements Report {

    @Override
    public List<String> lines(ScreenStyle style) {
        ScreenTable table = new ScreenTable()
                .left("key")
                .left("shard")
                .right("token")
                .right("range from")
                .right("to");
        for (Location location : locations) {
            table.row(
                    ScreenText.printable(location.key()),
                    location.shard(),
                    Long.toString(location.token()),
                    Long.toString(location.range().first()),
                    Long.toString(location.range().last()));
        }
        List<String> lines = new ArrayList<>(table.lines(style));
        lines.add("");
        lines.add("Next: "
                + (hasBank
                        ? next.command("get", NextStep.quoted(locations.get(0).key()))
                        : next.command("status")));
        return lines;
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("keys", locations.stream().map(LocateReport::json).toList());
    }

    private static Map<String, ?> json(Location location) {
        return ReportJson.fields()
                .with("key", location.key())
                .with("shard", location.shard())
                .with("token", Long.toString(location.token()))
                .with("rangeFirst", Long.toString(location.range().first()))
                .with("rangeLast", Long.toString(location.range().last()));
    }
}
