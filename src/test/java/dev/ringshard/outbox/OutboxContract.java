package dev.ringshard.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.PoolConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.outbox.OutboxTable.Stored;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.testing.OpenCluster;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.Threads;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An application's own messages between keys of different shards: a parcel that is told to is stamped, once. */
abstract class OutboxContract {
    private static final String TOPIC = "stamp";

    private final DatabaseKind kind;
    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private final List<String> undone = Collections.synchronizedList(new ArrayList<>());
    private OpenCluster cluster;
    private Outbox outbox;
    private Parcels parcels;
    private String sender = "sender";
    private String recipient = "";

    @SuppressWarnings("NullAway.Init") // by open
    OutboxContract(DatabaseKind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void open() throws SQLException {
        RingshardConfig config = TestCluster.founded(
                List.of(kind, kind),
                databases -> Parcels.withOutbox(Parcels.config(TestCluster.shards(databases), Duration.ofMillis(500))));
        cluster = OpenCluster.open(config);
        outbox = cluster.ringshard().outbox();
        outbox.register(TOPIC, stamping());
        parcels = new Parcels(cluster.ringshard());
        recipient = Stream.iterate(0, i -> i + 1)
                .map(i -> "recipient-" + i)
                .filter(key -> !shardOf(key).equals(shardOf(sender)))
                .findFirst()
                .orElseThrow();
        for (String key : List.of(sender, recipient)) {
            parcels.create(new Parcel(key, "a box", BigDecimal.ONE.setScale(2), 0));
        }
    }

    @AfterEach
    void close() throws SQLException {
        cluster.close();
    }

    private String shardOf(String key) {
        return cluster.ringshard().router().locate(key).shard();
    }

    private MessageHandler stamping() {
        return new MessageHandler() {
            @Override
            public boolean receive(KeyedTransaction transaction, Message message) throws SQLException {
                if (failing.contains(message.id()) && message.id().startsWith("error")) {
                    throw new NoClassDefFoundError(); // as where an instance was deployed without a library
                }
                if (failing.contains(message.id())) {
                    throw new InvalidInputException(
                            "This handler\0 cannot do it now."); // which PostgreSQL does not store
                }
                return !message.payload().equals("refuse") && stamp(transaction, message.recipient(), message.id());
            }

            @Override
            public void refused(KeyedTransaction transaction, Message message) throws SQLException {
                stamp(transaction, message.sender(), "refused " + message.id());
                undone.add(message.id());
            }
        };
    }

    private static boolean stamp(KeyedTransaction transaction, String key, String stamp) throws SQLException {
        try (PreparedStatement insert = transaction
                .connection()
                .prepareStatement("INSERT INTO stamps (parcel_key, stamp, amount) VALUES (?, ?, 0)")) {
            insert.setString(1, key);
            insert.setString(2, stamp);
            return insert.executeUpdate() == 1;
        }
    }

    private SentMessage send(String id, String payload) {
        return cluster.ringshard()
                .router()
                .transaction(
                        sender,
                        transaction -> outbox.send(transaction, new Message(sender, id, recipient, TOPIC, payload)));
    }

    private Message toNeighbour(String id) {
        String neighbour = Stream.iterate(0, i -> i + 1)
                .map(i -> "neighbour-" + i)
                .filter(key -> shardOf(key).equals(shardOf(sender)))
                .findFirst()
                .orElseThrow();
        return new Message(sender, id, neighbour, TOPIC, "");
    }

    /** The cluster as a process sees it for which the recipient's shard is away. */
    private Ringshard openWithoutRecipient() {
        List<ShardConfig> shards = cluster.config().shards().stream()
                .map(shard -> shard.name().equals(shardOf(recipient)) ? unreachable(shard.name()) : shard)
                .toList();
        return Ringshard.open(Parcels.withOutbox(Parcels.config(shards, Duration.ofMillis(500))));
    }

    private static ShardConfig unreachable(String name) {
        return ShardConfig.of(name, "jdbc:postgresql://127.0.0.1:1/none", "nobody", "none")
                .withPool(PoolConfig.DEFAULT.withConnectionTimeout(Duration.ofMillis(250)));
    }

    private List<String> stamps(String key) {
        return parcels.stamps(key).stream()
                .filter(stamp -> !stamp.equals("first"))
                .toList();
    }

    private void makeDue() throws SQLException {
        cluster.execute("UPDATE ringshard.outbox SET due_at = CURRENT_TIMESTAMP - INTERVAL '1' HOUR");
    }

    private long count(String table) throws SQLException {
        long rows = 0;
        for (var connection : cluster.connections().values()) {
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery("SELECT count(*) FROM ringshard." + table)) {
                row.next();
                rows += row.getLong(1);
            }
        }
        return rows;
    }

    private String lastFailure() throws SQLException {
        try (var statement = Objects.requireNonNull(cluster.connections().get(shardOf(sender)))
                        .createStatement();
                var row = statement.executeQuery("SELECT last_failure FROM ringshard.outbox")) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    @Test
    void a_message_is_taken_once_with_what_its_handler_wrote() throws SQLException {
        SentMessage sent = send("one", "");

        assertThat(Threads.atOnce(6, thread -> outbox.deliver(sent))).containsOnly(Delivery.ACCEPTED);
        assertThat(outbox.deliver(sender, "one")).isEqualTo(Delivery.UNKNOWN);
        assertThat(stamps(recipient)).containsExactly("one");
        assertThat(count("outbox")).isZero();
    }

    @Test
    void what_is_sent_in_a_transaction_that_rolls_back_was_not_sent() throws SQLException {
        assertThatThrownBy(() -> cluster.ringshard().router().transaction(sender, transaction -> {
                    outbox.send(transaction, new Message(sender, "one", recipient, TOPIC, ""));
                    throw new IllegalStateException("changed my mind");
                }))
                .hasMessage("changed my mind");

        assertThat(outbox.deliverAll()).isZero();
        assertThat(stamps(recipient)).isEmpty();
    }

    @Test
    void a_refusal_is_told_to_the_sender_once() throws SQLException {
        SentMessage sent = send("one", "refuse");

        assertThat(Threads.atOnce(6, thread -> outbox.deliver(sent))).containsOnly(Delivery.REFUSED);
        assertThat(stamps(sender)).containsExactly("refused one");
        assertThat(stamps(recipient)).isEmpty();
        assertThat(count("outbox")).isZero();
    }

    @Test
    void a_message_whose_handler_fails_is_tried_again_later_and_holds_up_those_behind_it() throws SQLException {
        failing.add("one");
        assertThat(outbox.deliver(send("one", ""))).isEqualTo(Delivery.PENDING);
        assertThat(outbox.deliver(send("two", ""))).isEqualTo(Delivery.PENDING);
        assertThat(stamps(recipient)).isEmpty();

        failing.clear();
        assertThat(outbox.deliverDue()).as("not due").isZero();
        makeDue();
        outbox.deliverDue();
        outbox.deliverAll(); // what the background may be about to deliver
        assertThat(stamps(recipient)).containsExactly("one", "two");
        assertThat(count("outbox")).isZero();
    }

    @Test
    void a_message_that_fails_too_often_is_dead_and_holds_up_nobody_until_all_are_delivered() throws SQLException {
        failing.add("dead");
        send("dead", "");
        for (int i = 0; i < Outbox.MOST_FAILURES; i++) {
            makeDue();
            assertThat(outbox.deliverDue()).isZero();
        }
        OutboxTotals totals = outbox.totals();
        assertThat(totals.dead()).isEqualTo(totals.pending()).isEqualTo(1);
        assertThat(totals.oldest()).isPresent();

        assertThat(outbox.deliver(send("behind", ""))).isEqualTo(Delivery.ACCEPTED);
        failing.clear();
        makeDue();
        assertThat(outbox.deliverDue()).as("dead").isZero();
        assertThat(cluster.ringshard().recover().delivered()).isEqualTo(1);
        assertThat(stamps(recipient)).containsExactlyInAnyOrder("dead", "behind");
        assertThat(outbox.totals().pending()).isZero();
    }

    @Test
    void an_error_of_a_handler_is_a_failure_of_that_message_and_holds_up_no_other() throws SQLException {
        failing.add("error");
        assertThat(outbox.deliver(send("error", ""))).isEqualTo(Delivery.PENDING);
        Message other = toNeighbour("other");
        parcels.create(new Parcel(other.recipient(), "a box", BigDecimal.ONE.setScale(2), 0));
        cluster.ringshard().router().transaction(sender, transaction -> outbox.send(transaction, other));
        for (int i = 1; i < Outbox.MOST_FAILURES; i++) {
            makeDue();
            outbox.deliverDue();
        }
        assertThat(stamps(other.recipient())).containsExactly("other");
        assertThat(outbox.totals().dead()).isEqualTo(1);
        assertThat(lastFailure()).contains("NoClassDefFoundError");
    }

    /** Else ten that are sent right behind it would kill it in a moment, and overtake it. */
    @Test
    void a_message_whose_handler_fails_is_not_tried_more_often_because_others_are_sent_behind_it() throws SQLException {
        failing.add("ahead");
        assertThat(outbox.deliver(send("ahead", ""))).isEqualTo(Delivery.PENDING);

        for (int i = 0; i < Outbox.MOST_FAILURES + 2; i++) {
            assertThat(outbox.deliver(send("behind-" + i, ""))).isEqualTo(Delivery.PENDING);
        }
        assertThat(outbox.deliverAll()).isZero();
        assertThat(outbox.totals().dead()).isZero();
        assertThat(stamps(recipient)).isEmpty();

        failing.clear();
        assertThat(outbox.deliverAll()).isEqualTo(Outbox.MOST_FAILURES + 3);
    }

    @Test
    void what_waits_for_a_shard_that_is_away_holds_up_nothing_else() throws SQLException {
        cluster.ringshard().router().transaction(sender, transaction -> {
            for (int i = 0; i < 250; i++) {
                outbox.send(transaction, new Message(sender, "away-" + i, recipient, TOPIC, ""));
            }
            return true;
        });
        Message swept = toNeighbour("swept");
        Message recovered = toNeighbour("recovered");
        parcels.create(new Parcel(swept.recipient(), "a box", BigDecimal.ONE.setScale(2), 0));
        try (Ringshard other = openWithoutRecipient()) {
            other.outbox().register(TOPIC, stamping());
            long began = System.nanoTime();
            cluster.ringshard().router().transaction(sender, transaction -> outbox.send(transaction, swept));
            cluster.execute("UPDATE ringshard.outbox SET due_at = CURRENT_TIMESTAMP - INTERVAL '1' HOUR"
                    + " WHERE message_id <> 'swept'");
            cluster.execute("UPDATE ringshard.outbox SET due_at = CURRENT_TIMESTAMP - INTERVAL '1' MINUTE"
                    + " WHERE message_id = 'swept'");
            other.outbox().deliverDue();
            await().untilAsserted(() -> assertThat(stamps(swept.recipient())).containsExactly("swept"));

            cluster.ringshard().router().transaction(sender, transaction -> outbox.send(transaction, recovered));
            assertThat(other.outbox().deliverAll()).isEqualTo(1);
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("as it waits for that shard once, not for each message")
                    .isLessThan(Duration.ofSeconds(60));
        }
        assertThat(stamps(swept.recipient())).containsExactlyInAnyOrder("swept", "recovered");
    }

    @Test
    void a_message_that_no_database_stores_as_it_is_is_refused() {
        for (String text : List.of("a\0", "\uD83D", "\uDE00a")) {
            assertThatThrownBy(() -> new Message(sender, text, recipient, TOPIC, ""))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("The id of a message has U+0000 or half of a surrogate pair in it");
            assertThatThrownBy(() -> new Message(sender, "id", recipient, TOPIC, text))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("Nothing was sent");
        }
        assertThat(outbox.deliver(send("\uD83D\uDE00 \u20AC ' \" \\ % --", "\uD83D\uDE00")))
                .isEqualTo(Delivery.ACCEPTED);
    }

    @Test
    void a_message_that_is_given_up_counts_as_refused_and_one_that_has_arrived_does_not() throws SQLException {
        failing.add("lost");
        SentMessage lost = send("lost", "");
        assertThat(outbox.deliver(lost)).isEqualTo(Delivery.PENDING);

        assertThat(outbox.giveUp(sender, "lost")).isEqualTo(Delivery.REFUSED);
        failing.clear();
        assertThat(outbox.giveUp(sender, "lost")).isEqualTo(Delivery.UNKNOWN);
        assertThat(outbox.deliver(lost)).as("who had looked it up before").isEqualTo(Delivery.REFUSED);
        assertThat(stamps(sender)).containsExactly("refused lost");
        assertThat(stamps(recipient)).isEmpty();

        SentMessage arrived = send("arrived", "");
        assertThat(outbox.deliver(arrived)).isEqualTo(Delivery.ACCEPTED);
        assertThat(outbox.giveUp(sender, "arrived")).isEqualTo(Delivery.UNKNOWN);
        cluster.ringshard().router().transaction(sender, transaction -> {
            outbox.send(
                    transaction, new Message(sender, "arrived", recipient, TOPIC, "")); // as if it were not forgotten
            return true;
        });
        assertThat(outbox.giveUp(sender, "arrived")).isEqualTo(Delivery.ACCEPTED);
        assertThat(stamps(recipient)).containsExactly("arrived");
        assertThat(count("outbox")).isZero();
    }

    @Test
    void many_processes_that_sweep_at_once_deliver_each_message_once() throws SQLException {
        for (int i = 0; i < 20; i++) {
            send("message-" + i, i % 5 == 0 ? "refuse" : "");
        }
        makeDue();

        Threads.atOnce(4, thread -> outbox.deliverDue());
        outbox.deliverAll(); // what the background may be about to deliver
        assertThat(stamps(recipient)).hasSize(16);
        assertThat(stamps(sender)).hasSize(4);
        assertThat(undone).hasSize(4);
    }

    @Test
    void a_message_whose_topic_has_no_handler_here_is_left_to_others() throws SQLException {
        send("one", "");
        assertThatThrownBy(() -> cluster.ringshard()
                        .router()
                        .transaction(
                                sender,
                                transaction ->
                                        outbox.send(transaction, new Message(sender, "two", recipient, "unheard", ""))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("No handler is registered for messages of topic unheard");
        assertThatThrownBy(() -> outbox.register(TOPIC, stamping()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("has a handler already");

        try (Ringshard other = Ringshard.open(cluster.config())) {
            assertThat(other.outbox().deliverAll()).isZero();
        }
        assertThat(outbox.deliverAll()).isEqualTo(1);
    }

    @Test
    void messages_of_a_topic_without_a_handler_keep_others_from_nothing_and_count_no_failures() throws SQLException {
        try (Ringshard gone = Ringshard.open(cluster.config())) {
            gone.outbox().register("elsewhere", stamping());
            gone.router().transaction(sender, transaction -> {
                for (int i = 0; i < 130; i++) {
                    gone.outbox().send(transaction, new Message(sender, "other-" + i, recipient, "elsewhere", ""));
                }
                return true;
            });
        }
        makeDue();
        send("one", "");
        cluster.execute(
                "UPDATE ringshard.outbox SET due_at = CURRENT_TIMESTAMP - INTERVAL '1' MINUTE WHERE message_id = 'one'");
        for (int i = 0; i < 12; i++) {
            assertThat(outbox.deliver(sender, "other-0")).isEqualTo(Delivery.PENDING);
        }

        outbox.deliverDue();

        await().untilAsserted(() -> assertThat(stamps(recipient)).containsExactly("one"));
        assertThat(outbox.totals().dead()).isZero();
        outbox.register("elsewhere", stamping());
        outbox.deliverAll();
        await().untilAsserted(() -> assertThat(count("outbox"))
                .as("more than are looked for at once")
                .isZero());
    }

    @Test
    void a_message_whose_id_is_on_its_way_is_not_sent_again() {
        send("one", "");

        assertThatThrownBy(() -> send("one", "else"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("A message one of " + sender + " is on its way already. It was not sent again.");
    }

    @Test
    void receipts_stay_until_their_messages_were_found_to_be_gone_and_then_for_a_while() throws SQLException {
        outbox.deliver(send("one", ""));
        failing.add("two");
        outbox.deliver(send("two", ""));

        assertThat(outbox.forgetReceipts(Duration.ofHours(1))).isZero();
        assertThat(outbox.forgetReceipts(Duration.ZERO))
                .as("found to be settled")
                .isZero();
        assertThat(count("inbox")).isEqualTo(1);
        assertThat(outbox.forgetReceipts(Duration.ZERO)).isEqualTo(1);
        assertThat(count("inbox")).isZero();
    }

    @Test
    void receipts_are_forgotten_however_many_there_are() throws SQLException {
        cluster.ringshard().router().transaction(sender, transaction -> {
            for (int i = 0; i < 250; i++) {
                outbox.send(transaction, new Message(sender, "message-" + i, recipient, TOPIC, ""));
            }
            return true;
        });
        outbox.deliverAll();
        assertThat(count("inbox")).isEqualTo(250);

        outbox.forgetReceipts(Duration.ZERO);
        outbox.forgetReceipts(Duration.ZERO);

        assertThat(count("inbox")).isZero();
    }

    /** By then others may have delivered it, forgotten it, and forgotten its receipt. */
    @Test
    void who_looked_a_message_up_long_ago_does_not_deliver_it_and_the_message_says_why() throws SQLException {
        SentMessage sent = send("one", "");
        Stored stored = sent.stored();
        Stored late =
                new Stored(stored.message(), stored.number(), stored.claimedAt().minusHours(2), 0, false);

        assertThat(outbox.deliver(new SentMessage(late))).isEqualTo(Delivery.PENDING);
        assertThat(stamps(recipient)).isEmpty();
        assertThat(lastFailure()).contains("the clocks of the two databases differ by more than an hour");
        assertThat(outbox.deliver(sent)).isEqualTo(Delivery.ACCEPTED);
    }

    @Test
    void without_an_outbox_there_is_none_and_a_message_has_bounds() throws SQLException {
        try (OpenCluster without = OpenCluster.ofParcels(List.of(kind))) {
            assertThatThrownBy(() -> without.ringshard().outbox())
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("Set outbox: true, and run init");
        }
        assertThatThrownBy(() -> new Message("a", "", "b", TOPIC, ""))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("The id of a message has 0 characters: 1 to 120 are allowed");
    }
}
