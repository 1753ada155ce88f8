package dev.ringshard.routing;

import dev.ringshard.failure.InvalidInputException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of a statement that changes rows of one table and, as far as a text tells, reads nothing else. A word in doubt is
 * refused.
 */
record RowsStatement(String sql, String table) {
    /** Quoted texts and names, and comments. */
    private static final Pattern QUOTED =
            Pattern.compile("'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\\n\\r]*|/\\*.*?\\*/", Pattern.DOTALL);

    private static final Pattern TARGET = Pattern.compile(
            "\\s*(?:INSERT\\s+INTO|UPDATE|DELETE\\s+FROM)\\s+"
                    + "(?!ONLY\\b)([A-Z_][A-Z0-9_]*+(?:\\.[A-Z_][A-Z0-9_]*+)?)(?![\\p{L}\\p{N}_$.'])",
            Pattern.CASE_INSENSITIVE);

    /** The one FROM that names no table. */
    private static final Pattern COMPARISON = Pattern.compile("\\bDISTINCT\\s+FROM\\b", Pattern.CASE_INSENSITIVE);

    /** What names another table, or is more than one statement; and quotes that are not looked through. */
    private static final Pattern MORE =
            Pattern.compile("\\b(SELECT|FROM|USING|WITH|TABLE|JOIN|MERGE)\\b|;|\\$", Pattern.CASE_INSENSITIVE);

    /** @throws InvalidInputException if it may be more */
    static RowsStatement of(String sql) {
        if (sql.indexOf('\\') >= 0) {
            throw refused("contain a backslash, which may quote a quote", "not "); // and hide what follows
        }
        String words = QUOTED.matcher(sql).replaceAll("''");
        Matcher target = TARGET.matcher(words);
        if (!target.lookingAt()) {
            throw refused("begin with INSERT INTO, UPDATE or DELETE FROM and the name of one table");
        }
        String rest = COMPARISON.matcher(words.substring(target.end())).replaceAll(" = ");
        Matcher more = MORE.matcher(rest);
        if (more.find()) {
            throw refused("contain %s".formatted(more.group()), "not ");
        }
        return new RowsStatement(sql, target.group(1).toLowerCase(Locale.ROOT));
    }

    private static InvalidInputException refused(String rule) {
        return refused(rule, "");
    }

    private static InvalidInputException refused(String rule, String not) {
        return new InvalidInputException("""
                A statement that changes rows of one table, and reads nothing else, must %s%s. Nothing was run. Use \
                FencedStatement.of for it, which asks for the owner first.""".formatted(not, rule));
    }
}
