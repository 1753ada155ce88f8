package dev.ringshard.cli.screen;

import java.util.List;
import java.util.Map;

/** What a command found or did, as a value that can be shown to people and to programs. */
public interface Report {
    /** The screen, line by line; the last says what to run next. */
    List<String> lines(ScreenStyle style);

    /** The same for programs. Keys never change; amounts and tokens are texts, which no JSON reader rounds. */
    Map<String, ?> json();

    /** What the process ends with. */
    default ExitCode exitCode() {
        return ExitCode.DONE;
    }
}
