package dev.ringshard.cli;

/** Sets up the log of the process; must run before anything is logged. */
final class Logging {
    private Logging() {}

    /** Warnings to stderr, unless the user brings a configuration; no advertisements. */
    static void configure() {
        setIfAbsent("logback.configurationFile", "dev/ringshard/cli/logback-cli.xml");
        setIfAbsent("org.jooq.no-logo", "true");
        setIfAbsent("org.jooq.no-tips", "true");
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
