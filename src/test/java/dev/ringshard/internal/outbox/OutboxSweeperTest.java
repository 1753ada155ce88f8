package dev.ringshard.internal.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.outbox.Message;
import dev.ringshard.outbox.MessageHandler;
import dev.ringshard.outbox.Outbox;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.testing.OpenCluster;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestCluster;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What goes on in the background while an application's handler does as it likes. */
class OutboxSweeperTest {
    private final CountDownLatch isCalled = new CountDownLatch(1);
    private final CountDownLatch mayReturn = new CountDownLatch(1);

    private final class Hanging implements MessageHandler {
        @Override
        public boolean receive(KeyedTransaction recipient, Message message) {
            isCalled.countDown();
            try {
                mayReturn.await();
                return true;
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(closed);
            }
        }

        @Override
        public void refused(KeyedTransaction sender, Message message) {}
    }

    private static final class Taking implements MessageHandler {
        @Override
        public boolean receive(KeyedTransaction recipient, Message message) {
            return true;
        }

        @Override
        public void refused(KeyedTransaction sender, Message message) {}
    }

    @Test
    void a_handler_that_hangs_holds_up_no_other_topic() throws Exception {
        RingshardConfig config = TestCluster.founded(
                List.of(DatabaseKind.H2, DatabaseKind.H2),
                databases -> Parcels.withOutbox(Parcels.config(TestCluster.shards(databases))));
        try (OpenCluster cluster = OpenCluster.open(config)) {
            Outbox outbox = cluster.ringshard().outbox();
            outbox.register("hanging", new Hanging());
            outbox.register("taking", new Taking());
            try (OutboxSweeper sweeper = OutboxSweeper.start(outbox, Duration.ofMillis(20))) {
                assertThat(sweeper).isNotNull();
                send(cluster, "hanging", "recipient");
                assertThat(isCalled.await(30, TimeUnit.SECONDS)).isTrue();

                send(cluster, "taking", "another recipient");
                await().untilAsserted(() -> assertThat(outbox.sent("sender"))
                        .extracting(Message::topic)
                        .containsExactly("hanging"));
            } finally {
                mayReturn.countDown();
            }
        }
    }

    private static void send(OpenCluster cluster, String topic, String recipient) throws SQLException {
        cluster.ringshard().router().transaction("sender", transaction -> cluster.ringshard()
                .outbox()
                .send(transaction, new Message("sender", topic, recipient, topic, "")));
        cluster.execute("UPDATE ringshard.outbox SET due_at = CURRENT_TIMESTAMP");
    }
}
