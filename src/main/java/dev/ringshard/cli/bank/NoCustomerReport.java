package dev.ringshard.cli.bank;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import java.util.List;
import java.util.Map;

/** The answer for a key that no customer has. */
record NoCustomerReport(String key, String shard, NextStep next) implements Report {
    @Override
    public ExitCode exitCode() {
        return ExitCode.DIFFERENCES;
    }

    @Override
    public List<String> lines(ScreenStyle style) {
        return List.of("Next: " + next.command("locate", NextStep.quoted(key)));
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields().with("key", key).with("found", false).with("shard", shard);
    }
}
