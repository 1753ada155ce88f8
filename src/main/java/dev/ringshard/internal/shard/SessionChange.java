package dev.ringshard.internal.shard;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tells by its text whether a statement may leave something behind in its session: a setting, a role, a temporary table, a
 * lock, a name. It may say so of one that leaves nothing, but not the other way round; of what functions do that a statement
 * calls, only those that the database brings are known.
 */
final class SessionChange {
    private static final String START = "[\\s(]*+";
    private static final Pattern TRANSACTION = Pattern.compile(
            START + "(?:begin|start\\s+transaction|commit|end|abort|rollback(?!\\s+(?:work\\s+|transaction\\s+)?to\\b)|"
                    + "prepare\\s+transaction|set\\s+autocommit)\\b",
            flags());

    /** Of a function that is defined by statements. */
    private static final Pattern BODY = Pattern.compile("\\bbegin\\s+atomic\\b.*\\bend\\b", flags());

    private static final Pattern ROWS =
            Pattern.compile(START + "(?:select|insert|update|delete|merge|with|values)\\b", flags());
    private static final Pattern LOCAL = Pattern.compile("\\s*set\\s+local\\s", flags());

    /** An argument that hides neither a comma nor a parenthesis. */
    private static final String PLAIN = "(?:[^()'\"$\\\\,/-]|::|'[^'\\\\]*')*+";

    /** To write to the view of settings sets them, and a name may be quoted, or spelt by its code points. */
    private static final Pattern POSTGRES = Pattern.compile(
            ";|\\btemp(orary)?\\b|\\bpg_temp|pg_settings|u&\"|advisory_(?!xact_)|set_config(?!\\s*\\(%1$s,%1$s,\\s*true\\s*\\))"
                    .formatted(PLAIN),
            flags());

    private static final Pattern H2 = Pattern.compile(";|@", flags());

    /** An application has few texts, but may make new ones for ever. */
    private static final int MOST_KNOWN = 1000;

    private static final Map<String, Boolean> KNOWN_ON_POSTGRESQL = new ConcurrentHashMap<>();

    private SessionChange() {}

    private static int flags() {
        return Pattern.CASE_INSENSITIVE | Pattern.DOTALL;
    }

    /** Also behind another statement of the same text, and behind any comments. */
    static boolean controlsTransaction(String sql) {
        if (sql.indexOf(';') < 0 && !sql.contains("/*") && !sql.contains("--")) {
            return TRANSACTION.matcher(sql).lookingAt();
        }
        String statements = BODY.matcher(StrippedSql.of(sql)).replaceAll(" ");
        return Stream.of(statements.split(";"))
                .anyMatch(statement -> TRANSACTION.matcher(statement).lookingAt());
    }

    static boolean isPossibleOnPostgresql(String sql) {
        Boolean known = KNOWN_ON_POSTGRESQL.get(sql);
        if (known != null) {
            return known;
        }
        if (KNOWN_ON_POSTGRESQL.size() >= MOST_KNOWN) {
            KNOWN_ON_POSTGRESQL.clear();
        }
        boolean isPossible = isNewlyPossible(sql);
        KNOWN_ON_POSTGRESQL.put(sql, isPossible);
        return isPossible;
    }

    private static boolean isNewlyPossible(String sql) {
        boolean isLocal = LOCAL.matcher(sql).lookingAt() && sql.indexOf(';') < 0;
        return !isLocal && isPossible(sql, POSTGRES);
    }

    static boolean isPossibleOnH2(String sql) {
        return isPossible(sql, H2);
    }

    private static boolean isPossible(String sql, Pattern within) {
        return !ROWS.matcher(StrippedSql.of(sql)).lookingAt()
                || within.matcher(sql).find();
    }
}
