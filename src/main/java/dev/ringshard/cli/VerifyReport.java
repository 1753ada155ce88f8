package dev.ringshard.cli;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.status.RecoveryOutcome;
import dev.ringshard.verify.Verification;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a cluster is sound, and if not, what is wrong with it.
 *
 * @param hasBank whether the built-in bank is on, whose customers can be shown
 * @param hasReferenceTables whether the configuration names any
 * @param repaired what was tidied up before; empty if that was not asked for
 */
record VerifyReport(
        String cluster,
        boolean hasBank,
        boolean hasReferenceTables,
        Verification found,
        Optional<RecoveryOutcome> repaired,
        NextStep next)
        implements Report {

    @Override
    public ExitCode exitCode() {
        return found.isOk() ? ExitCode.DONE : ExitCode.DIFFERENCES;
    }

    @Override
    public List<String> lines(ScreenStyle style) {
        return new VerifyScreen(this, style).lines();
    }

    @Override
    public Map<String, ?> json() {
        return VerifyJson.of(this);
    }
}
