package dev.ringshard.internal.shard;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes out of a text of SQL what is not to be looked at. For one thread. */
public final class StrippedSql {
    private static final Pattern DOLLAR = Pattern.compile("\\$(?:[\\p{L}_][\\p{L}\\p{N}_]*)?\\$");

    private final String sql;
    private final StringBuilder bare = new StringBuilder();
    private int at;

    private StrippedSql(String sql) {
        this.sql = sql;
    }

    /** A text of SQL without its comments, texts and quoted names, each of which is a blank. */
    public static String of(String sql) {
        return new StrippedSql(sql).bare();
    }

    private String bare() {
        while (at < sql.length()) {
            int skipped = skipped();
            if (skipped > at) {
                bare.append(' ');
                at = skipped;
            } else {
                bare.append(sql.charAt(at++));
            }
        }
        return bare.toString();
    }

    /** Where what begins here ends; here, if it is to be looked at. */
    private int skipped() {
        char first = sql.charAt(at);
        if (first == '\'') {
            return quoted('\'', endsName(at - 1) && isEscaping());
        }
        if (first == '"') {
            return quoted('"', false);
        }
        if (sql.startsWith("--", at)) {
            return endOfLine();
        }
        if (sql.startsWith("/*", at)) {
            return comment();
        }
        return first == '$' && !endsName(at - 1) ? dollars() : at;
    }

    private int endOfLine() {
        int end = at;
        while (end < sql.length() && sql.charAt(end) != '\n' && sql.charAt(end) != '\r') {
            end++;
        }
        return end;
    }

    /** Whether it is a text as in {@code E'it\'s'}. */
    private boolean isEscaping() {
        return Character.toLowerCase(sql.charAt(at - 1)) == 'e' && !endsName(at - 2);
    }

    private boolean endsName(int place) {
        return place >= 0
                && (Character.isLetterOrDigit(sql.charAt(place))
                        || sql.charAt(place) == '_'
                        || sql.charAt(place) == '$');
    }

    private int quoted(char quote, boolean escapes) {
        int end = at + 1;
        while (end < sql.length()) {
            if (escapes && sql.charAt(end) == '\\') {
                end += 2;
            } else if (sql.charAt(end) != quote) {
                end++;
            } else if (sql.startsWith("" + quote + quote, end)) {
                end += 2;
            } else {
                return end + 1;
            }
        }
        return sql.length();
    }

    private int comment() {
        int depth = 0;
        int end = at;
        while (end < sql.length()) {
            if (sql.startsWith("/*", end)) {
                depth++;
                end += 2;
            } else if (sql.startsWith("*/", end)) {
                depth--;
                end += 2;
                if (depth == 0) {
                    return end;
                }
            } else {
                end++;
            }
        }
        return sql.length();
    }

    private int dollars() {
        Matcher tag = DOLLAR.matcher(sql).region(at, sql.length());
        if (!tag.lookingAt()) {
            return at;
        }
        int end = sql.indexOf(tag.group(), tag.end());
        return end < 0 ? sql.length() : end + tag.group().length();
    }
}
