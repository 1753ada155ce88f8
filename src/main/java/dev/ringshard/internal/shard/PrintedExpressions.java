package dev.ringshard.internal.shard;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The expressions in a definition that PostgreSQL prints. It keeps an expression as it understood it, and prints that. Once it has
 * read its own print, as after a dump was restored, it may have understood the same in other words: {@code kind IN ('A', 'B')} of a
 * varchar is {@code ANY ((ARRAY['A'::varchar, …])::text[])} at first, and {@code ANY (ARRAY[('A'::varchar)::text, …])} from then
 * on; and a BETWEEN loses its own parentheses. So two prints that differ are {@linkplain #reread read once more} before they
 * count as different.
 *
 * <p>INVARIANT: two expressions become the same text only if they mean the same. What is compared is always a print, and what a
 * print means is decided by the database's own parser; nothing is folded, planned or run.
 *
 * <p>Catalog queries mark each expression by {@link #marked}, so that a definition can be taken apart; what has no marks stays as
 * it is.
 */
public final class PrintedExpressions {
    private static final Pattern MARKED = Pattern.compile("\u0001([^\u0002]*)\u0002([^\u0003]*)\u0003");
    private static final String COLUMN = "ringshard_expression";
    private static final String BEFORE = " SELECT ";
    private static final String AFTER = " AS " + COLUMN;
    private static final int MOST_READINGS = 5;

    private PrintedExpressions() {}

    /**
     * SQL for an expression with its marks, or null where that is null.
     *
     * @param source SQL for what stands after FROM where the expression makes sense; for an empty text, it is a whole query
     * @param expression SQL for its print
     */
    public static String marked(String source, String expression) {
        return "(chr(1) || %s || chr(2) || %s || chr(3))".formatted(source, expression);
    }

    /** A definition as the catalog prints it, without marks. */
    public static String printed(String marked) {
        return MARKED.matcher(marked).replaceAll(found -> Matcher.quoteReplacement(found.group(2)));
    }

    /**
     * Each definition that has marks as the database prints it when it has read its own print, until that changes nothing any
     * more: by temporary views in a transaction of which nothing is left. What it cannot read so, or this user may not make
     * (the right TEMPORARY), stays as it is printed.
     */
    public static Map<String, String> reread(Shard shard, Set<String> marked) {
        Map<String, String> reread = new HashMap<>();
        if (marked.stream().noneMatch(definition -> MARKED.matcher(definition).find())) {
            return reread;
        }
        try (ShardTransaction reading = shard.beginLockingSnapshot()) {
            return reading.run(begun -> {
                for (String definition : marked) {
                    reread.put(definition, reread(begun.connection(), definition));
                }
                return reread;
            });
        }
    }

    /** Whether {@link #reread} can make views there. */
    public static boolean mayReread(Shard shard) {
        return shard.dialect()
                .definitions()
                .map(definitions -> shard.snapshot(asking -> definitions.mayMakeViews(asking.dsl())))
                .orElse(true);
    }

    private static String reread(Connection connection, String marked) throws SQLException {
        Matcher matcher = MARKED.matcher(marked);
        StringBuilder text = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(text, Matcher.quoteReplacement(reread(connection, matcher.toMatchResult())));
        }
        return matcher.appendTail(text).toString();
    }

    private static String reread(Connection connection, MatchResult found) throws SQLException {
        String source = found.group(1);
        String print = found.group(2);
        String query = source.isEmpty() ? print : "SELECT " + print + AFTER + " FROM " + source;
        Savepoint before = connection.setSavepoint();
        try (Statement statement = connection.createStatement()) {
            String last = "";
            for (int reading = 0; reading < MOST_READINGS && !query.equals(last); reading++) {
                last = query;
                query = viewOf(statement, query);
                connection.rollback(before);
            }
            connection.releaseSavepoint(before);
            int end = query.lastIndexOf(AFTER);
            return source.isEmpty() || end < 0 ? query : query.substring(BEFORE.length(), end);
        } catch (SQLException refused) {
            try {
                connection.rollback(before);
                connection.releaseSavepoint(before);
            } catch (SQLException lost) {
                refused.addSuppressed(lost);
                throw refused;
            }
            return print;
        }
    }

    private static String viewOf(Statement statement, String query) throws SQLException {
        statement.execute("CREATE TEMPORARY VIEW ringshard_reading AS " + query);
        try (ResultSet view = statement.executeQuery(
                "SELECT pg_catalog.pg_get_viewdef(CAST('pg_temp.ringshard_reading' AS pg_catalog.regclass))")) {
            view.next();
            return view.getString(1);
        }
    }
}
