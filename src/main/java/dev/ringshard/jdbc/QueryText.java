package dev.ringshard.jdbc;

import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The text of a statement that is to run on all shards.
 *
 * @param bare without its comments, texts and quoted names, each of which is a blank
 */
record QueryText(String sql, String bare) {
    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.DOTALL;
    private static final Pattern QUERY = Pattern.compile("[\\s(]*+(?:select|with|values|table|show|explain)\\b", FLAGS);
    private static final Pattern OF_NO_ROWS = Pattern.compile("\\s*+(?:show|explain)\\b", FLAGS);
    private static final Pattern SEVERAL = Pattern.compile(";\\s*+\\S", FLAGS);
    private static final Pattern WRITING = Pattern.compile(
            "\\b(?:insert|update|delete|merge|create|alter|drop|truncate|call|nextval|next\\s+value)\\b", FLAGS);
    private static final Pattern OWNED =
            Pattern.compile("\\bringshard\\s*\\.\\s*(?:is_owned|owned_tokens)\\s*\\(", FLAGS);

    static QueryText of(String sql) {
        return new QueryText(sql, new Baring(sql).bare());
    }

    /** Refuses what is no query, or more than one. */
    void requireOneQuery() throws SQLException {
        if (SEVERAL.matcher(bare).find()) {
            throw SqlFailures.notSupported(
                    "Several statements were given as one. None was run. Over all shards, run each by itself.");
        }
        if (!QUERY.matcher(bare).lookingAt()) {
            throw readOnly(null);
        }
    }

    /** Refuses what may write, where the database would not. */
    void requireOnlyReading() throws SQLException {
        if (WRITING.matcher(bare).find()) {
            throw readOnly(null);
        }
    }

    /** Whether it gives no rows of tables, or says by itself that it leaves out those that are on their way. */
    boolean leavesOutWhatMoves() {
        return OF_NO_ROWS.matcher(bare).lookingAt() || OWNED.matcher(bare).find();
    }

    static SQLException readOnly(@Nullable Throwable cause) {
        return new SQLNonTransientException("""
                Over all shards, statements only read: SELECT, WITH, VALUES, TABLE, SHOW and EXPLAIN. Nothing was run. Write by a \
                connection for the key whose rows you mean.""", SqlFailures.READ_ONLY, cause);
    }

    /** Takes out of a text what is not to be looked at. For one thread. */
    private static final class Baring {
        private static final Pattern DOLLAR = Pattern.compile("\\$(?:[\\p{L}_][\\p{L}\\p{N}_]*)?\\$");

        private final String sql;
        private final StringBuilder bare = new StringBuilder();
        private int at;

        Baring(String sql) {
            this.sql = sql;
        }

        String bare() {
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
                int end = sql.indexOf('\n', at);
                return end < 0 ? sql.length() : end;
            }
            if (sql.startsWith("/*", at)) {
                return comment();
            }
            return first == '$' && !endsName(at - 1) ? dollars() : at;
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
}
