package dev.ringshard.cli;

import java.io.OutputStream;
import java.io.PrintStream;

/** Sets up the log of the process; must run before anything is logged. */
final class Logging {
    private Logging() {}

    /** Warnings to stderr, unless the user brings a configuration for Logback; no advertisements. */
    static void configure() {
        if (System.getProperty("logback.configurationFile") == null) {
            setIfAbsent("slf4j.provider", StderrLog.class.getName());
            setIfAbsent("slf4j.internal.verbosity", "WARN"); // it would say that it goes by that
        }
        setIfAbsent("org.jooq.no-logo", "true");
        setIfAbsent("org.jooq.no-tips", "true");
    }

    /**
     * Keeps libraries from printing past the terminal, which has to be made before: H2 prints stack traces on both
     * streams when it cannot write to its directory. What they have to say comes as a failure or through the log.
     */
    static void silenceLibraries() {
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), true));
        System.setErr(new PrintStream(System.err, true) {
            /** What {@link Throwable#printStackTrace()} calls. */
            @Override
            public void println(Object lineOfStackTrace) {
                // the failure itself is reported
            }
        });
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
