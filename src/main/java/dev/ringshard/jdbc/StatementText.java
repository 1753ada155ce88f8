package dev.ringshard.jdbc;

import dev.ringshard.internal.fence.FencedText;
import dev.ringshard.internal.shard.Dialect;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** What the text of a statement tells before it is run: found out once for each text. */
final class StatementText {
    private static final String START = "(?:\\s|/\\*.*?\\*/|--[^\n]*+\n|\\()*+";
    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.DOTALL;
    private static final Pattern QUERY = Pattern.compile(START + "(?:select|with|values|table)\\b", FLAGS);
    private static final Pattern OF_NO_ROWS = Pattern.compile(
            START
                    + "select\\s+(?:1|version\\(\\)|current_schema(?:\\(\\))?|\\*\\s+from\\s+information_schema\\.\\w+)\\s*;?\\s*",
            FLAGS);

    /** An application has few texts, but may make new ones for ever. */
    private static final int MOST_KNOWN = 1000;

    private static final Map<String, StatementText> KNOWN = new ConcurrentHashMap<>();

    private final boolean asksOfNoRows;
    private final boolean mayOnlyRead;
    private final boolean controlsTransactions;
    private final boolean isSeveral;
    private final FencedText reading;
    private final FencedText writing;
    private final FencedText beginsReading;
    private final FencedText beginsWriting;

    private StatementText(String sql) {
        this.asksOfNoRows = OF_NO_ROWS.matcher(sql).matches();
        this.mayOnlyRead = QUERY.matcher(sql).lookingAt();
        this.controlsTransactions = Dialect.controlsTransaction(sql);
        this.isSeveral = sql.indexOf(';') >= 0 && QueryText.of(sql).isSeveral();
        this.reading = FencedText.reading(sql, true);
        this.writing = FencedText.writing(sql, true);
        this.beginsReading = FencedText.reading(sql, false);
        this.beginsWriting = FencedText.writing(sql, false);
    }

    static StatementText of(String sql) {
        StatementText known = KNOWN.get(sql);
        if (known != null) {
            return known;
        }
        if (KNOWN.size() >= MOST_KNOWN) {
            KNOWN.clear();
        }
        StatementText text = new StatementText(sql);
        KNOWN.put(sql, text);
        return text;
    }

    /** Whether it asks what is alike on all shards, in the words in which frameworks ask it when they start. */
    boolean asksOfNoRows() {
        return asksOfNoRows;
    }

    /** Whether it most likely only reads; the database refuses it in a transaction that may only read otherwise. */
    boolean mayOnlyRead() {
        return mayOnlyRead;
    }

    /** Whether it is several statements, each of which has a result. */
    boolean isSeveral() {
        return isSeveral;
    }

    /** With its transaction and the check of its key; or with the beginning of it. */
    FencedText fenced(boolean reads, boolean commits) {
        if (commits) {
            return reads ? reading : writing;
        }
        return reads ? beginsReading : beginsWriting;
    }

    void requireNoTransactionControl() throws SQLException {
        if (controlsTransactions) {
            throw SqlFailures.notSupported("""
                    A statement would begin or end a transaction by its text, past the connection that keeps its key on its \
                    shard. It was not run. Call setAutoCommit, commit or rollback of the connection.""");
        }
    }
}
