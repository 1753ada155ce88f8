package dev.ringshard.cli;

/**
 * How much a screen may enhance what it says. Without any, the text is plain and still whole.
 *
 * @param colours whether escape codes may be used
 * @param bars whether shares can be drawn besides being told
 */
record Look(boolean colours, boolean bars) {
    /** For files, pipes and tests. */
    static final Look PLAIN = new Look(false, false);

    static final char BAR = '█';
    private static final int BAR_WIDTH = 24;

    String strong(String text) {
        return coloured("1", text);
    }

    String good(String text) {
        return coloured("32", text);
    }

    String bad(String text) {
        return coloured("31", text);
    }

    String faint(String text) {
        return coloured("2", text);
    }

    /** A bar for one of several shares: the longest is drawn whole. Empty if it cannot be drawn. */
    String bar(double value, double longest) {
        if (!bars || longest <= 0) {
            return "";
        }
        return coloured("36", String.valueOf(BAR).repeat((int) Math.round(BAR_WIDTH * value / longest)));
    }

    private String coloured(String code, String text) {
        return colours && !text.isEmpty() ? "\u001B[" + code + "m" + text + "\u001B[0m" : text;
    }
}
