package dev.ringshard.internal.shard;

/** Compares texts by Unicode code point, as {@link Dialect#codePointOrder} makes the databases do. */
public final class CodePoints {
    private CodePoints() {}

    /** Unlike {@link String#compareTo}, puts characters beyond U+FFFF last. */
    public static int compare(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            if (a.charAt(i) != b.charAt(i)) {
                return Integer.compare(rank(a.charAt(i)), rank(b.charAt(i)));
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** Surrogates stand for code points above all others. */
    private static int rank(char unit) {
        return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
    }
}
