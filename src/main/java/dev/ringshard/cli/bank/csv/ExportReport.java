package dev.ringshard.cli.bank.csv;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of an export.
 *
 * @param file null if it went to stdout
 * @param isStopped whether it was stopped on request before the last customer
 */
record ExportReport(@Nullable Path file, Content content, Duration time, boolean isStopped, NextStep next)
        implements Report {
    private static final String STOPPED = "Stopped on request.";

    /**
     * What was exported and what was not.
     *
     * @param unreadable customers who were left out, as they cannot be read
     * @param inTransit between shards when it began, and so in no account
     */
    record Content(long customers, long unreadable, BigDecimal inTransit) {}

    @Override
    public ExitCode exitCode() {
        if (isStopped) {
            return ExitCode.FAILED;
        }
        return content.unreadable > 0 ? ExitCode.DIFFERENCES : ExitCode.DONE;
    }

    @Override
    public List<String> lines(ScreenStyle style) {
        List<String> lines = new ArrayList<>();
        lines.add(headline(style));
        if (content.inTransit.signum() != 0 && !isStopped) {
            lines.add(style.bad("In no account of it: %s that was in transit between shards."
                    .formatted(Numbers.money(content.inTransit))));
            lines.add("See status; once that has arrived, export again.");
        }
        lines.add("Next: " + (isStopped ? again() : load()));
        return lines;
    }

    private String headline(ScreenStyle style) {
        if (isStopped) {
            String state = file == null ? "What was printed is not all." : file + " is as it was before.";
            return style.bad("%s %s read. %s"
                    .formatted(STOPPED, Numbers.count(content.customers, "customer was", "customers were"), state));
        }
        String exported = "Exported %s%s in %s (%s)."
                .formatted(
                        Numbers.count(content.customers, "customer", "customers"),
                        file == null ? "" : " to " + file,
                        Numbers.time(time),
                        Numbers.rate(content.customers, time));
        return content.unreadable == 0
                ? style.good(exported)
                : style.bad("%s Left out: %s that cannot be read; verify names them."
                        .formatted(exported, Numbers.count(content.unreadable, "customer", "customers")));
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
                .with("customers", content.customers)
                .with("unreadable", content.unreadable)
                .with("inTransit", content.inTransit)
                .with("seconds", Numbers.seconds(time))
                .with("stopped", isStopped ? STOPPED : null);
    }
}
