package dev.ringshard.cli.screen;

/**
 * Colours and bars of a screen. Without any, the text is plain and still whole.
 *
 * @param colours whether escape codes may be used
 * @param bars whether shares can be drawn beside their numbers
 */
public record ScreenStyle(boolean colours, boolean bars) {
    /** For files, pipes and tests. */
    public static final ScreenStyle PLAIN = new ScreenStyle(false, false);

    public static final char BAR = '█';
    private static final int BAR_WIDTH = 24;

    public String strong(String text) {
        return coloured("1", text);
    }

    public String good(String text) {
        return coloured("32", text);
    }

    public String bad(String text) {
        return coloured("31", text);
    }

    public String faint(String text) {
        return coloured("2", text);
    }

    /** A bar for one of several shares: the longest is drawn whole. Empty if it cannot be drawn. */
    public String bar(double value, double longest) {
        if (!bars || longest <= 0) {
            return "";
        }
        return coloured("36", String.valueOf(BAR).repeat((int) Math.round(BAR_WIDTH * value / longest)));
    }

    private String coloured(String code, String text) {
        return colours && !text.isEmpty() ? "\u001B[" + code + "m" + text + "\u001B[0m" : text;
    }
}
