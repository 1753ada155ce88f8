package dev.ringshard.cli;

import java.util.List;
import java.util.Map;

/** That a key is nobody's. */
record NoCustomerReport(String key, String shard, Next next) implements Report {
    @Override
    public ExitCode exitCode() {
        return ExitCode.DIFFERENCES;
    }

    @Override
    public List<String> lines(Look look) {
        return List.of("Next: " + next.command("locate", Next.quoted(key)));
    }

    @Override
    public Map<String, ?> json() {
        return Json.fields().with("key", key).with("found", false).with("shard", shard);
    }
}
