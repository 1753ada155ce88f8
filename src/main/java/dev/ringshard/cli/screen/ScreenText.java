package dev.ringshard.cli.screen;

import java.util.regex.Pattern;

/** Stored text on a screen: what may be shown of it, and how wide it is. */
public final class ScreenText {
    private static final Pattern COLOUR = Pattern.compile("\u001B\\[[0-9;]*m");

    private ScreenText() {}

    /** The same without control and format characters: stored text must not steer a terminal. */
    public static String printable(String text) {
        return text.codePoints()
                .map(point -> isPrintable(point) ? point : '\uFFFD')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** How many columns a text takes: most characters one, East Asian and emoji two, combining marks and colours none. */
    public static int width(String text) {
        return COLOUR.matcher(text)
                .replaceAll("")
                .codePoints()
                .map(ScreenText::width)
                .sum();
    }

    /** The text with blanks behind it, or in front of it, up to a width. */
    public static String padded(String text, int width, boolean toTheRight) {
        String blanks = " ".repeat(Math.max(0, width - width(text)));
        return toTheRight ? blanks + text : text + blanks;
    }

    /** The text, or as much of it as fits, with an ellipsis; for a text without colours. */
    public static String cut(String text, int width) {
        if (width(text) <= width) {
            return text;
        }
        int end = 0;
        int taken = 0;
        while (taken + width(text.codePointAt(end)) < width) {
            taken += width(text.codePointAt(end));
            end += Character.charCount(text.codePointAt(end));
        }
        return text.substring(0, end) + "…";
    }

    private static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private static int width(int point) {
        return switch (Character.getType(point)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> 0;
            default -> isWide(point) ? 2 : 1;
        };
    }

    /** The blocks of Unicode's East Asian Width "W" and "F" that names are written in, and emoji. */
    private static boolean isWide(int point) {
        return (point >= 0x1100 && point <= 0x115F)
                || (point >= 0x2E80 && point <= 0xA4CF)
                || (point >= 0xAC00 && point <= 0xD7A3)
                || (point >= 0xF900 && point <= 0xFAFF)
                || (point >= 0xFE30 && point <= 0xFE6F)
                || (point >= 0xFF00 && point <= 0xFF60)
                || (point >= 0xFFE0 && point <= 0xFFE6)
                || (point >= 0x1F300 && point <= 0x1FAFF)
                || (point >= 0x20000 && point <= 0x3FFFD);
    }
}
