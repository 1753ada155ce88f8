package dev.ringshard.internal.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.testing.H2Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What follows from what servers say; that they say it is shown on PostgreSQL. */
class PoolServerTest {
    private final Connection connection = H2Database.inMemory().connect();
    private final Queue<ServerLog> answers = new ArrayDeque<>();
    private Runnable meanwhile = () -> {};
    private final PoolServer server = new PoolServer(new H2Dialect(), opened -> {
        meanwhile.run();
        return Optional.of(answers.remove());
    });

    PoolServerTest() throws SQLException {}

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void a_log_that_grows_is_the_same_server() throws SQLException {
        says("one/1", 100);
        says("one/1", 200);

        assertThat(server.hasChanged()).isFalse();
        assertThat(server.hasGoneBack()).isFalse();
    }

    @Test
    void a_log_that_is_shorter_than_it_was_has_gone_back_until_that_is_accepted() throws SQLException {
        says("one/1", 200);
        says("one/1", 100);
        assertThat(server.hasChanged()).isTrue();
        assertThat(server.hasGoneBack()).isTrue();

        server.accept(server.doubts());
        assertThat(server.hasChanged()).isFalse();
        assertThat(server.hasGoneBack()).isTrue();
        server.acceptLoss(server.doubts());
        assertThat(server.hasGoneBack()).isFalse();

        says("one/1", 150);
        assertThat(server.hasChanged()).isFalse();
    }

    @Test
    void a_log_that_is_shorter_than_others_noted_has_gone_back() throws SQLException {
        server.note(new ServerLog("one/1", 300));
        says("one/1", 200);

        assertThat(server.hasGoneBack()).isTrue();
    }

    /** Its answer is of before. */
    @Test
    void what_others_see_while_a_server_answers_is_no_going_back() throws SQLException {
        says("one/1", 100);
        meanwhile = () -> server.note(new ServerLog("one/1", 300));
        says("one/1", 200);

        assertThat(server.hasGoneBack()).isFalse();
        assertThat(server.wasAheadOf(new ServerLog("one/1", 200))).isTrue();
    }

    @Test
    void another_line_is_a_change_and_no_going_back() throws SQLException {
        says("one/1", 200);
        says("one/2", 100);

        assertThat(server.hasChanged()).isTrue();
        assertThat(server.hasGoneBack()).isFalse();
    }

    @Test
    void a_standby_is_no_change() throws SQLException {
        says("one/1", 200);
        says("one/standby", 0);
        says("one/1", 300);

        assertThat(server.hasChanged()).isFalse();
    }

    /** As where the last connection that it was asked over fails, and the next leads to a standby that took over. */
    @Test
    void what_comes_up_after_a_server_was_asked_is_not_accepted_with_its_answer() throws SQLException {
        says("one/1", 200);
        long known = server.doubts();
        says("one/2", 100);

        server.accept(known);
        assertThat(server.hasChanged()).isTrue();
        server.acceptLoss(known);
        assertThat(server.hasChanged()).isTrue();

        server.accept(server.doubts());
        assertThat(server.hasChanged()).isFalse();
    }

    @Test
    void a_loss_that_comes_up_later_is_not_accepted_with_an_earlier_one() throws SQLException {
        says("one/1", 200);
        says("one/1", 100);
        long known = server.doubts();
        says("one/1", 50);

        server.acceptLoss(known);
        assertThat(server.hasGoneBack()).isTrue();
    }

    /** Somebody may have done something to its files. */
    @Test
    void a_server_that_was_started_anew_is_a_change_and_no_going_back() throws SQLException {
        answers.add(new ServerLog("one/1", 200, 1_000));
        answers.add(new ServerLog("one/1", 300, 2_000));
        server.open(connection);
        assertThat(server.hasChanged()).isFalse();
        server.open(connection);

        assertThat(server.hasChanged()).isTrue();
        assertThat(server.hasGoneBack()).isFalse();
        server.accept(server.doubts());
        assertThat(server.hasChanged()).isFalse();
    }

    private void says(String line, long position) throws SQLException {
        answers.add(new ServerLog(line, position));
        server.open(connection);
    }
}
