package dev.ringshard.config;

/** How a value found is shown in a message: quoted, on one line, and not endlessly. */
final class Excerpt {
    private static final int LONGEST = 100;

    private Excerpt() {}

    static String value(String value) {
        String line = value.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= LONGEST ? "'" + line + "'" : "'" + line.substring(0, LONGEST) + "…'";
    }
}
