package dev.ringshard.internal.doctor;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Something that stands in the way, or that is good to know.
 *
 * @param kind a word for programs, which does not change
 * @param table what it is about; empty if that is the database
 * @param reason sentences for people
 * @param statements what mends it, to be run one after the other, each as a transaction of its own
 */
public record Finding(When when, String kind, String table, String reason, List<String> statements) {
    private static final Pattern STATEMENT_AT_THE_END = Pattern.compile("(?s): ((?:ALTER|CREATE) [A-Z].*)\\.$");

    /** What it is in the way of. */
    public enum When {
        /** Init would refuse the tables. */
        BEFORE_INIT,
        /** Init would not; but rows could not be moved to a second shard, or the operator has to decide. */
        BEFORE_MOVES,
        /** Nothing refuses it, and it works otherwise than on one database. */
        GOOD_TO_KNOW;

        /** For programs. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public Finding {
        statements = List.copyOf(statements);
    }

    /** Of a sentence of the rules, which may end with the statement that mends it. */
    static Finding ofSentence(When when, String kind, String table, String sentence) {
        Matcher statement = STATEMENT_AT_THE_END.matcher(sentence);
        return statement.find()
                ? new Finding(
                        when,
                        kind,
                        table,
                        sentence.substring(0, statement.start()) + ".",
                        List.of(statement.group(1) + ";"))
                : new Finding(when, kind, table, sentence, List.of());
    }

    /** Whether it has to be mended or decided first. */
    public boolean stands() {
        return when != When.GOOD_TO_KNOW;
    }
}
