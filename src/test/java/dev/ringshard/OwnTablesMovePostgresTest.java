package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.bank.Balances;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of an application's own tables go where their customer goes. Nobody writes meanwhile. */
class OwnTablesMovePostgresTest {
    private static final int CUSTOMERS = 40;

    @ParameterizedTest
    @CsvSource({"H2, H2", "H2, POSTGRESQL", "POSTGRESQL, H2", "POSTGRESQL, POSTGRESQL"})
    void a_shard_joins_and_another_leaves_and_every_note_is_still_with_its_customer(
            DatabaseKind founding, DatabaseKind joining) {
        RingshardConfig config = config(founding);
        Ringshard.init(config);
        try (Ringshard bank = Ringshard.open(config)) {
            IntStream.range(0, CUSTOMERS).forEach(i -> create(bank, key(i)));

            bank.addShard(TestCluster.shard("eu-2", TestCluster.database(joining)));
            assertThat(shardsInUse(bank)).containsExactly("eu-1", "eu-2");

            bank.removeShard("eu-1");
            assertThat(shardsInUse(bank)).containsExactly("eu-2");
        }
    }

    @Test
    void a_shard_that_cannot_be_reached_is_not_configured_and_its_name_is_free_for_the_right_database() {
        RingshardConfig config = config(DatabaseKind.POSTGRESQL);
        Ringshard.init(config);
        try (Ringshard bank = Ringshard.open(config)) {
            create(bank, key(0));
            TestDatabase right = TestCluster.database(DatabaseKind.POSTGRESQL);
            TestDatabase wrong = new TestDatabase(right.url() + "_not_there", right.user(), right.password());

            assertThatThrownBy(() -> bank.addShard(TestCluster.shard("eu-2", wrong)))
                    .isInstanceOf(ShardUnavailableException.class);
            assertThat(bank.status().shards()).hasSize(1);
            assertThat(bank.status().isSettled()).isTrue();

            assertThat(bank.addShard(TestCluster.shard("eu-2", right)).complete())
                    .isTrue();
        }
    }

    @Test
    void a_shard_that_lacks_a_column_gets_no_rows() {
        RingshardConfig config = config(DatabaseKind.POSTGRESQL);
        Ringshard.init(config);
        try (Ringshard bank = Ringshard.open(config)) {
            create(bank, key(0));
            bank.router()
                    .transaction(key(0), tx -> tx.dsl().execute("ALTER TABLE notes ADD COLUMN author varchar(20)"));

            ShardConfig joining = TestCluster.shard("eu-2", TestCluster.database(DatabaseKind.POSTGRESQL));

            assertThatThrownBy(() -> bank.addShard(joining))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("Nothing was moved.")
                    .hasMessageContaining("- notes.author is text(20) on eu-1 and absent on eu-2.");
            assertThat(shardOf(bank, key(0))).isEqualTo("eu-1");
        }
    }

    private static RingshardConfig config(DatabaseKind kind) {
        return RingshardConfig.builder("bank")
                .ring(RingConfig.DEFAULT.withVirtualNodes(8))
                .shard(TestCluster.shard("eu-1", TestCluster.database(kind)))
                .table(ShardedTable.byToken("notes", "ring_token"))
                .table(ShardedTable.byToken("visits", "ring_token"))
                .migrations("classpath:db/notes")
                .build();
    }

    private static void create(Ringshard bank, String key) {
        bank.customers().create(new NewCustomer(key, "Ada", "Lovelace", new Balances("0.00", "0.00", "0.00")));
        bank.router().transaction(key, tx -> {
            tx.dsl()
                    .execute(
                            "INSERT INTO notes (customer_key, note_text, ring_token) VALUES (?, ?, ?)",
                            key,
                            "of " + key,
                            tx.token(key));
            return tx.dsl()
                    .execute(
                            "INSERT INTO visits (customer_key, note_id, ring_token)"
                                    + " SELECT customer_key, note_id, ring_token FROM notes WHERE customer_key = ?",
                            key);
        });
    }

    /** Where customers live; checks on the way that each has its note and its visit there. */
    private static Set<String> shardsInUse(Ringshard bank) {
        Set<String> shards = new TreeSet<>();
        for (int i = 0; i < CUSTOMERS; i++) {
            String key = key(i);
            List<String> notes = bank.router().transaction(key, tx -> tx
                    .dsl()
                    .fetchValues("SELECT note_text FROM customers c JOIN notes n ON n.customer_key = c.customer_key"
                            + " JOIN visits v ON v.customer_key = n.customer_key AND v.note_id = n.note_id"
                            + " WHERE c.customer_key = '" + key + "'")
                    .stream()
                    .map(String::valueOf)
                    .toList());
            assertThat(notes).containsExactly("of " + key);
            shards.add(shardOf(bank, key));
        }
        return shards;
    }

    private static String shardOf(Ringshard bank, String key) {
        return bank.router().locate(key).shard();
    }

    private static String key(int i) {
        return "c-" + i;
    }
}
