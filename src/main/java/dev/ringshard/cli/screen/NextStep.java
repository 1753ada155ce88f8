package dev.ringshard.cli.screen;

/**
 * The command line to run next.
 *
 * @param program as of {@link Terminal#program}
 * @param config the configuration's file as it was given
 */
public record NextStep(String program, String config) {
    /** Such as {@code ringshard status --config shop.yaml}. */
    public String command(String command) {
        return "%s %s --config %s".formatted(program, command, quoted(config));
    }

    /** As {@link #command(String)}, with more behind it. */
    public String command(String command, String rest) {
        return command(command) + " " + rest;
    }

    /** A shell takes it as one word. */
    public static String quoted(String word) {
        return word.matches("[\\w@%+=:,./~-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
