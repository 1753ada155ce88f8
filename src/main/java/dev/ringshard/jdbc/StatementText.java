package dev.ringshard.jdbc;

import java.sql.SQLException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the text of a statement tells before it is run. */
final class StatementText {
    private static final String START = "(?:\\s|/\\*.*?\\*/|--[^\n]*+\n|\\()*+";
    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.DOTALL;
    private static final Pattern QUERY = Pattern.compile(START + "(?:select|with|values|table)\\b", FLAGS);
    private static final Pattern TRANSACTION = Pattern.compile(
            START + "(?:begin|start\\s+transaction|commit|end|abort|rollback(?!\\s+(?:work\\s+|transaction\\s+)?to\\b)|"
                    + "prepare\\s+transaction|set\\s+autocommit)\\b",
            FLAGS);
    private static final Pattern DEFINITION = Pattern.compile(START + "create\\b", FLAGS);
    private static final Pattern OF_NO_ROWS = Pattern.compile(
            START
                    + "select\\s+(?:1|version\\(\\)|current_schema(?:\\(\\))?|\\*\\s+from\\s+information_schema\\.\\w+)\\s*;?\\s*",
            FLAGS);

    private StatementText() {}

    /** Whether it asks what is alike on all shards, in the words in which frameworks ask it when they start. */
    static boolean asksOfNoRows(@Nullable String sql) {
        return sql != null && OF_NO_ROWS.matcher(sql).matches();
    }

    /** Whether it most likely only reads; the database refuses it in a transaction that may only read otherwise. */
    static boolean mayOnlyRead(@Nullable String sql) {
        return sql != null && QUERY.matcher(sql).lookingAt();
    }

    /** Behind another statement of the same text; what defines a function may have a body of statements. */
    private static boolean hidesTransactionControl(String sql) {
        if (sql.indexOf(';') < 0 || DEFINITION.matcher(sql).lookingAt()) {
            return false;
        }
        return Stream.of(QueryText.of(sql).bare().split(";"))
                .anyMatch(statement -> TRANSACTION.matcher(statement).lookingAt());
    }

    static void requireNoTransactionControl(@Nullable String sql) throws SQLException {
        if (sql != null && (TRANSACTION.matcher(sql).lookingAt() || hidesTransactionControl(sql))) {
            throw SqlFailures.notSupported("""
                    A statement would begin or end a transaction by its text, past the connection that keeps its key on its \
                    shard. It was not run. Call setAutoCommit, commit or rollback of the connection.""");
        }
    }
}
