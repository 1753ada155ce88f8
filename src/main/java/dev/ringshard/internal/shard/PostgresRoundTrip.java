package dev.ringshard.internal.shard;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.ResultQuery;

/** Several questions in one text, which the driver sends, and reads the answers to, in one round trip. */
final class PostgresRoundTrip {
    private PostgresRoundTrip() {}

    /** As {@link Transactions#ask}. */
    static List<Result<? extends Record>> ask(
            DSLContext dsl, Connection connection, List<ResultQuery<? extends Record>> questions) throws SQLException {
        return answers(dsl, connection, text(dsl, questions));
    }

    /** As {@link #ask}, after statements that may answer, too. */
    static List<Result<? extends Record>> ask(
            String before, DSLContext dsl, Connection connection, List<ResultQuery<? extends Record>> questions)
            throws SQLException {
        List<Result<? extends Record>> answers = answers(dsl, connection, before + "; " + text(dsl, questions));
        return answers.subList(answers.size() - questions.size(), answers.size());
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
        return answers(dsl, connection, text);
    }

    private static String text(DSLContext dsl, List<ResultQuery<? extends Record>> questions) {
        return questions.stream().map(dsl::renderInlined).collect(Collectors.joining("; "));
    }

    private static List<Result<? extends Record>> answers(DSLContext dsl, Connection connection, String text)
            throws SQLException {
        List<Result<? extends Record>> answers = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            boolean isAnswer = statement.execute(text);
            while (isAnswer || statement.getUpdateCount() >= 0) {
                if (isAnswer) {
                    answers.add(dsl.fetch(statement.getResultSet()));
                }
                isAnswer = statement.getMoreResults();
            }
        }
        return answers;
    }
}
