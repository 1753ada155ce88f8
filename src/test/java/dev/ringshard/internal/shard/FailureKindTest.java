package dev.ringshard.internal.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class FailureKindTest {

    @ParameterizedTest
    @CsvSource({
        "RS001, NOT_OWNER",
        "40001, CONTENTION",
        "40P01, CONTENTION",
        "55P03, CONTENTION",
        "HYT00, CONTENTION",
        "08006, DISCONNECTED",
        "08001, DISCONNECTED",
        "57P01, DISCONNECTED",
        "90067, DISCONNECTED",
        "23505, DUPLICATE",
        "22003, OUT_OF_RANGE",
        "40003, OTHER",
        "23514, OTHER",
        "42P01, OTHER",
        "57014, OTHER",
    })
    void an_sqlstate_decides(String state, FailureKind kind) {
        assertThat(FailureKind.of(new SQLException("any text", state))).isEqualTo(kind);
    }

    /** Else it would be repeated for ever. */
    @Test
    void parameters_that_do_not_fit_a_statement_end_no_connection() {
        String unfit = "bind message supplies 0 parameters, but prepared statement \"\" requires 1";

        assertThat(FailureKind.of(answer("ERROR", unfit))).isEqualTo(FailureKind.OTHER);
        assertThat(FailureKind.of(answer("FATAL", "server conn crashed?"))).isEqualTo(FailureKind.DISCONNECTED);
        assertThat(FailureKind.of(new SQLException("ERROR: by the text of a message alone", "08P01")))
                .isEqualTo(FailureKind.DISCONNECTED);
    }

    /** As the driver reads it from the wire. */
    private static SQLException answer(String severity, String message) {
        return new PSQLException(new ServerErrorMessage("S%s\0C08P01\0M%s\0".formatted(severity, message)));
    }

    @Test
    void finds_the_sqlstate_along_causes_and_next_exceptions() {
        SQLException batch = new SQLException("batch failed", "99999");
        batch.setNextException(new SQLException("deadlock", "40P01"));

        assertThat(FailureKind.of(new IllegalStateException("wrapped", new RuntimeException(batch))))
                .isEqualTo(FailureKind.CONTENTION);
    }

    @Test
    void a_loop_of_causes_ends() {
        RuntimeException one = new RuntimeException("one");
        RuntimeException other = new RuntimeException("other", one);
        one.initCause(other);

        assertThat(FailureKind.of(one)).isEqualTo(FailureKind.OTHER);
    }

    @Test
    void what_is_no_sql_failure_is_other() {
        assertThat(FailureKind.of(new IllegalStateException("40001"))).isEqualTo(FailureKind.OTHER);
        assertThat(FailureKind.of(new SQLException("no state"))).isEqualTo(FailureKind.OTHER);
    }
}
