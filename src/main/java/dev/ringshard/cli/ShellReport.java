package dev.ringshard.cli;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenText;
import dev.ringshard.config.DatabaseSource;
import dev.ringshard.routing.Location;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The database that an operator wants to look at.
 *
 * @param location of a key; empty if the shard was named
 * @param exitCode whether psql ended well
 */
record ShellReport(String shard, Optional<Location> location, DatabaseSource.Jdbc database, ExitCode exitCode)
        implements Report {

    @Override
    public List<String> lines(ScreenStyle style) {
        return List.of(heading());
    }

    String heading() {
        return "%s: %s%s."
                .formatted(
                        location.map(key -> "%s is on shard %s, token %d"
                                        .formatted(ScreenText.printable(key.key()), shard, key.token()))
                                .orElse("Shard " + shard),
                        database.describe(),
                        database.user().isEmpty() ? "" : " as " + database.user());
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("key", location.map(Location::key).orElse(null))
                .with("shard", shard)
                .with("token", location.map(key -> Long.toString(key.token())).orElse(null))
                .with("url", database.describe())
                .with("user", database.user());
    }
}
