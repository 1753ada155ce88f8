package dev.ringshard.config;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A table whose rows belong to customers: routed, fenced and moved with them. It has a column
 * {@code ring_token bigint not null} with an index, on every shard. Immutable.
 *
 * @param name as written unquoted in SQL, with or without a schema; in lower case, as such names are the same in any
 */
public record ShardedTable(String name) {
    private static final String PART = "[A-Za-z_][A-Za-z0-9_]{0,62}"; // no more fits PostgreSQL
    private static final Pattern IDENTIFIER = Pattern.compile(PART + "(\\." + PART + ")?");
    private static final Pattern COLUMN = Pattern.compile("[\\p{L}_][\\p{L}\\p{M}\\p{N}_$]*");

    /**
     * Checks the name and puts it in lower case.
     *
     * @throws dev.ringshard.failure.ConfigurationException if the name is no plain identifier
     */
    public ShardedTable {
        ProblemList problems = new ProblemList();
        check(problems, "name", name);
        problems.throwIfAny("sharded table " + Shown.value(name));
        name = name.toLowerCase(Locale.ROOT);
    }

    /**
     * Whether the name of a column, as the database gives it, can stand in SQL as it is: nothing else than a name can be
     * read in it. Names come from whoever made the table, who need not be whoever reads it.
     */
    public static boolean isPlainColumn(String name) {
        return COLUMN.matcher(name).matches();
    }

    static void check(Problems problems, String key, String name) {
        if (!IDENTIFIER.matcher(name).matches()) {
            problems.add(
                    key,
                    "is %s: 1 to 63 letters, digits and '_' are allowed, the first no digit, and as much with a '.' before it for the schema."
                            .formatted(Shown.value(name)));
        }
    }
}
