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

/**
 * Where a key is that somebody wants to look at.
 *
 * @param exitCode whether psql ended well
 */
record ShellReport(Location location, DatabaseSource.Jdbc database, ExitCode exitCode) implements Report {

    @Override
    public List<String> lines(ScreenStyle style) {
        return List.of(heading());
    }

    String heading() {
        return "%s is on shard %s, token %d: %s%s."
                .formatted(
                        ScreenText.printable(location.key()),
                        location.shard(),
                        location.token(),
                        database.describe(),
                        database.user().isEmpty() ? "" : " as " + database.user());
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("key", location.key())
                .with("shard", location.shard())
                .with("token", Long.toString(location.token()))
                .with("url", database.describe())
                .with("user", database.user());
    }
}
