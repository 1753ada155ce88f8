package dev.ringshard.cli;

import dev.ringshard.routing.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Where keys live, in the order in which they were given. */
record LocateReport(List<Location> locations, Next next) implements Report {

    @Override
    public List<String> lines(Look look) {
        Table table = new Table()
                .left("key")
                .left("shard")
                .right("token")
                .right("range from")
                .right("to");
        for (Location location : locations) {
            table.row(
                    Texts.printable(location.key()),
                    location.shard(),
                    Long.toString(location.token()),
                    Long.toString(location.range().first()),
                    Long.toString(location.range().last()));
        }
        List<String> lines = new ArrayList<>(table.lines(look));
        lines.add("");
        lines.add("Next: " + next.command("get", Next.quoted(locations.get(0).key())));
        return lines;
    }

    @Override
    public Map<String, ?> json() {
        return Json.fields()
                .with("keys", locations.stream().map(LocateReport::json).toList());
    }

    private static Map<String, ?> json(Location location) {
        return Json.fields()
                .with("key", location.key())
                .with("shard", location.shard())
                .with("token", Long.toString(location.token()))
                .with("rangeFirst", Long.toString(location.range().first()))
                .with("rangeLast", Long.toString(location.range().last()));
    }
}
