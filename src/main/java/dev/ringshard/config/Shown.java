package dev.ringshard.config;

/** How a value found is shown in a message: quoted, on one line, and not endlessly. */
final class Shown {
    private static final int LONGEST = 100;

    private Shown() {}

    static String value(String value) {
        String line = value.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= LONGEST ? "'" + line + "'" : "'" + line.substring(0, LONGEST) + "…'";
    }
}
