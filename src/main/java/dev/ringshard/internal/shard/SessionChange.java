package dev.ringshard.internal.shard;

import java.util.regex.Pattern;

/**
 * Tells by its text whether a statement may leave something behind in its session: a setting, a role, a temporary table, a
 * lock, a name. It may say so of one that leaves nothing, but not the other way round; of what functions do that a statement
 * calls, only those that the database brings are known.
 */
final class SessionChange {
    private static final Pattern ROWS = Pattern.compile(
            "(?:\\s|/\\*.*?\\*/|--[^\n]*\n|\\()*+(?:select|insert|update|delete|merge|with|values)\\b", flags());
    private static final Pattern LOCAL = Pattern.compile("\\s*set\\s+local\\s", flags());
    private static final Pattern POSTGRES = Pattern.compile(
            ";|\\btemp(orary)?\\b|advisory_(?!xact_)|set_config\\s*\\((?![^()]*,\\s*true\\s*\\))", flags());
    private static final Pattern H2 = Pattern.compile(";|@", flags());

    private SessionChange() {}

    private static int flags() {
        return Pattern.CASE_INSENSITIVE | Pattern.DOTALL;
    }

    static boolean isPossibleOnPostgresql(String sql) {
        boolean isLocal = LOCAL.matcher(sql).lookingAt() && sql.indexOf(';') < 0;
        return !isLocal && isPossible(sql, POSTGRES);
    }

    static boolean isPossibleOnH2(String sql) {
        return isPossible(sql, H2);
    }

    private static boolean isPossible(String sql, Pattern within) {
        return !ROWS.matcher(sql).lookingAt() || within.matcher(sql).find();
    }
}
