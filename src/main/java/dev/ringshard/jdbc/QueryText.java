package dev.ringshard.jdbc;

import dev.ringshard.internal.shard.StrippedSql;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
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
        return new QueryText(sql, StrippedSql.of(sql));
    }

    /** Refuses what is no query, or more than one. */
    void requireOneQuery() throws SQLException {
        if (isSeveral()) {
            throw SqlFailures.notSupported(
                    "Several statements were given as one. None was run. Over all shards, run each by itself.");
        }
        if (!QUERY.matcher(bare).lookingAt()) {
            throw readOnly(null);
        }
    }

    boolean isSeveral() {
        return SEVERAL.matcher(bare).find();
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
}
