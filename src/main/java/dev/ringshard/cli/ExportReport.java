package dev.ringshard.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of an export.
 *
 * @param file null if it went to stdout
 * @param isStopped whether somebody wanted it to stop before the last customer
 */
record ExportReport(@Nullable Path file, long customers, Duration time, boolean isStopped, Next next)
        implements Report {
    private static final String STOPPED = "Stopped on request.";

    @Override
    public ExitCode exitCode() {
        return isStopped ? ExitCode.FAILED : ExitCode.DONE;
    }

    @Override
    public List<String> lines(Look look) {
        return List.of(headline(look), "Next: " + (isStopped ? again() : load()));
    }

    private String headline(Look look) {
        if (isStopped) {
            String state = file == null ? "What was printed is not all." : file + " is as it was before.";
            return look.bad("%s %s read. %s"
                    .formatted(STOPPED, Numbers.count(customers, "customer was", "customers were"), state));
        }
        return look.good("Exported %s%s in %s (%s)."
                .formatted(
                        Numbers.count(customers, "customer", "customers"),
                        file == null ? "" : " to " + file,
                        Numbers.time(time),
                        Numbers.rate(customers, time)));
    }

    private String again() {
        return file == null ? next.command("export") : next.command("export", "--out " + Next.quoted(file.toString()));
    }

    private String load() {
        String name = file == null ? "FILE.csv" : Next.quoted(file.toString());
        return new Next(next.program(), "OTHER.yaml").command("load", "--customers " + name);
    }

    @Override
    public Map<String, ?> json() {
        return Json.fields()
                .with("file", file == null ? null : file.toString())
                .with("customers", customers)
                .with("seconds", Numbers.seconds(time))
                .with("stopped", isStopped ? STOPPED : null);
    }
}
