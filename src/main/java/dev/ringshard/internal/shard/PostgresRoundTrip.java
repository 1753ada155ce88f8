package dev.ringshard.internal.shard;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.ResultQuery;

/** Several questions in one text, which the driver sends, and reads the answers to, in one round trip. */
final class PostgresRoundTrip {
    private PostgresRoundTrip() {}

    /** As {@link Transactions#ask}. */
    static List<Result<? extends Record>> ask(
            DSLContext dsl, Connection connection, List<ResultQuery<? extends Record>> questions) throws SQLException {
        return answers(dsl, connection, text(dsl, questions), questions);
    }

    /** As {@link #ask}, after statements that may answer, too. */
    static List<Result<? extends Record>> ask(
            String before, DSLContext dsl, Connection connection, List<ResultQuery<? extends Record>> questions)
            throws SQLException {
        return answers(dsl, connection, before + "; " + text(dsl, questions), questions);
    }

    /** As {@link Transactions#askWithin}: the server begins to count anew with each statement. */
    static List<Result<? extends Record>> askWithin(
            Duration limit, DSLContext dsl, Connection connection, List<ResultQuery<? extends Record>> questions)
            throws SQLException {
        String text = String.join(
                "; ",
                PostgresTransactions.limit(limit),
                text(dsl, questions.subList(0, 1)),
                PostgresTransactions.limit(Transactions.FROZEN_AFTER),
                text(dsl, questions.subList(1, questions.size())));
        return answers(dsl, connection, text, questions);
    }

    private static String text(DSLContext dsl, List<ResultQuery<? extends Record>> questions) {
        return questions.stream().map(dsl::renderInlined).collect(Collectors.joining("; "));
    }

    /** The last answers of a text, of which the first may be of other statements. */
    private static List<Result<? extends Record>> answers(
            DSLContext dsl, Connection connection, String text, List<ResultQuery<? extends Record>> questions)
            throws SQLException {
        List<ResultSet> rows = new ArrayList<>();
        List<Result<? extends Record>> answers = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            boolean isAnswer = statement.execute(text);
            while (isAnswer || statement.getUpdateCount() >= 0) {
                if (isAnswer) {
                    rows.add(statement.getResultSet());
                }
                isAnswer = statement.getMoreResults(Statement.KEEP_CURRENT_RESULT);
            }
            Iterator<ResultSet> asked =
                    rows.subList(rows.size() - questions.size(), rows.size()).iterator();
            for (ResultQuery<? extends Record> question : questions) {
                answers.add(read(dsl, question, asked.next()));
            }
        }
        return answers;
    }

    /** By the question's own fields: for their names, the driver would ask the server's catalog once more. */
    private static Result<? extends Record> read(
            DSLContext dsl, ResultQuery<? extends Record> question, ResultSet rows) {
        Field<?>[] fields = question.fields();
        return fields.length > 0 ? dsl.fetch(rows, fields) : dsl.fetch(rows);
    }
}
