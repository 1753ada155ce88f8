package dev.ringshard.testing;

import java.io.IOException;

/** Commands of the machine that tests run on. */
public final class Commands {
    private Commands() {}

    /** Runs a command, and whether it succeeded; one that is not there does not. */
    public static boolean succeed(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException noSuchCommand) {
            return false;
        }
    }
}
