package dev.ringshard.walk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.cli.Cli;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A command of a walk, which has to end as expected. */
final class Walk {
    private Walk() {}

    static Cli.Result run(Cli cli, String yaml, int exitCode, String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of("--config", cli.file("walk.yaml", yaml)));
        Cli.Result result = Cli.bare(all.toArray(String[]::new));
        assertThat(result.exitCode())
                .as("%s: %s%s", all, result.out(), result.err())
                .isEqualTo(exitCode);
        return result;
    }
}
