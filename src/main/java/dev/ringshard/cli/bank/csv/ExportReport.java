package dev.ringshard.cli.bank.csv;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of an export.
 *
 * @param file null if it went to stdout
 * @param unreadable customers who were left out, as they cannot be read
 * @param isStopped whether it was stopped on request before the last customer
 */
record ExportReport(
        @Nullable Path file, long customers, long unreadable, Duration time, boolean isStopped, NextStep next)
        implements Report {
    private static final String STOPPED = "Stopped on request.";

    @Override
    public ExitCode exitCode() {
        if (isStopped) {
            return ExitCode.FAILED;
        }
        return unreadable > 0 ? ExitCode.DIFFERENCES : ExitCode.DONE;
    }

    @Override
    public List<String> lines(ScreenStyle style) {
        return List.of(headline(style), "Next: " + (isStopped ? again() : load()));
    }

    private String headline(ScreenStyle style) {
        if (isStopped) {
            String state = file == null ? "What was printed is not all." : file + " is as it was before.";
            return style.bad("%s %s read. %s"
                    .formatted(STOPPED, Numbers.count(customers, "customer was", "customers were"), state));
        }
        String exported = "Exported %s%s in %s (%s)."
                .formatted(
                        Numbers.count(customers, "customer", "customers"),
                        file == null ? "" : " to " + file,
                        Numbers.time(time),
                        Numbers.rate(customers, time));
        return unreadable == 0
                ? style.good(exported)
                : style.bad("%s Left out: %s that cannot be read; verify names them."
                        .formatted(exported, Numbers.count(unreadable, "customer", "customers")));
    }

    private String again() {
        return file == null
                ? next.command("export")
                : next.command("export", "--out " + NextStep.quoted(file.toString()));
    }

    private String load() {
        String name = file == null ? "FILE.csv" : NextStep.quoted(file.toString());
        return new NextStep(next.program(), "OTHER.yaml").command("load", "--customers " + name);
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("file", file == null ? null : file.toString())
                .with("customers", customers)
                .with("unreadable", unreadable)
                .with("seconds", Numbers.seconds(time))
                .with("stopped", isStopped ? STOPPED : null);
    }
}
