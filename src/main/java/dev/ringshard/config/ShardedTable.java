package dev.ringshard.config;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A table whose rows belong to keys: routed, fenced and moved with them. A row's key stands in its key column, or its token in
 * a stored token column, or both; then the one must be the other's. Immutable.
 *
 * @param name as written unquoted in SQL, with or without a schema; in lower case, as such names are the same in any
 * @param key the column that holds the key; of a text type, smallint to bigint, or uuid
 * @param token the column {@code bigint not null} that holds the key's token, filled by the application; indexed
 */
public record ShardedTable(String name, Optional<String> key, Optional<String> token) {
    private static final String PART = "[A-Za-z_][A-Za-z0-9_]{0,62}"; // no more fits PostgreSQL
    private static final Pattern IDENTIFIER = Pattern.compile(PART + "(\\." + PART + ")?");
    private static final Pattern DECLARED_COLUMN = Pattern.compile(PART);
    private static final Pattern COLUMN = Pattern.compile("[\\p{L}_][\\p{L}\\p{M}\\p{N}_$]*");

    /**
     * Checks the names and puts them in lower case.
     *
     * @throws dev.ringshard.failure.ConfigurationException if a name is no plain identifier, or there is neither a key nor a
     *     token
     */
    public ShardedTable {
        ProblemList problems = new ProblemList();
        check(problems, "name", name);
        key.ifPresent(column -> checkColumn(problems, "key", column));
        token.ifPresent(column -> checkColumn(problems, "token", column));
        if (key.isEmpty() && token.isEmpty()) {
            problems.add(
                    "key", "is missing, and so is token: the column that holds the key, or its token, is required.");
        }
        problems.throwIfAny("sharded table " + Excerpt.value(name));
        name = name.toLowerCase(Locale.ROOT);
        key = key.map(column -> column.toLowerCase(Locale.ROOT));
        token = token.map(column -> column.toLowerCase(Locale.ROOT));
    }

    /** A table with a column that holds the key; its rows' tokens are computed from it. */
    public static ShardedTable byKey(String name, String keyColumn) {
        return new ShardedTable(name, Optional.of(keyColumn), Optional.empty());
    }

    /** A table with a column that holds the token, which the application fills. */
    public static ShardedTable byToken(String name, String tokenColumn) {
        return new ShardedTable(name, Optional.empty(), Optional.of(tokenColumn));
    }

    /** The same with a column that also holds the key, so that {@code verify} can compare the two. */
    public ShardedTable withKey(String keyColumn) {
        return new ShardedTable(name, Optional.of(keyColumn), token);
    }

    /** The name without the schema. */
    public String plainName() {
        return name.substring(name.indexOf('.') + 1);
    }

    /**
     * Whether the name of a column, as the database gives it, can stand in SQL as it is: nothing else than a name can be
     * read in it. The names are those of the database, which its owner chose, and are not to be trusted.
     */
    public static boolean isPlainColumn(String name) {
        return COLUMN.matcher(name).matches();
    }

    static void check(Problems problems, String key, String name) {
        if (!IDENTIFIER.matcher(name).matches()) {
            problems.add(
                    key,
                    "is %s: 1 to 63 letters, digits and '_' are allowed, the first no digit, and as much with a '.' before it for the schema."
                            .formatted(Excerpt.value(name)));
        }
    }

    static void checkColumn(Problems problems, String key, String column) {
        if (!DECLARED_COLUMN.matcher(column).matches()) {
            problems.add(
                    key,
                    "is %s: 1 to 63 letters, digits and '_' are allowed, the first no digit."
                            .formatted(Excerpt.value(column)));
        }
    }
}
