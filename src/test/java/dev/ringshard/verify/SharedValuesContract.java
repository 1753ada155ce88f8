package dev.ringshard.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values that should be unique in a cluster, and that no database can keep so. */
abstract class SharedValuesContract {
    private static final UniqueColumn EMAIL = UniqueColumn.parse("users.email");

    private final RingshardConfig config;
    private final Ringshard cluster;

    SharedValuesContract() throws SQLException {
        RingshardConfig.Builder builder = RingshardConfig.builder("shop")
                .ring(RingConfig.DEFAULT.withVirtualNodes(8))
                .routingTimeout(Duration.ofSeconds(5))
                .bank(BankConfig.OFF)
                .table(ShardedTable.byKey("users", "id"));
        for (int i = 1; i <= 2; i++) {
            builder.shard(shard("eu-" + i));
        }
        this.config = builder.build();
        Ringshard.init(config);
        this.cluster = Ringshard.open(config);
    }

    abstract DatabaseKind kind();

    private ShardConfig shard(String name) throws SQLException {
        TestDatabase database = TestCluster.database(kind());
        database.execute(
                "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100), CONSTRAINT users_email_once UNIQUE (email))");
        return TestCluster.shard(name, database);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private void user(long id, @Nullable String email) {
        cluster.router().transaction(Long.toString(id), tx -> tx.dsl()
                .execute("INSERT INTO users (id, email) VALUES (?, ?)", id, email));
    }

    /** The first user from an id on who lives on a shard. */
    private long userOn(String shard, long from) {
        long id = from;
        while (!cluster.router().locate(Long.toString(id)).shard().equals(shard)) {
            id++;
        }
        return id;
    }

    private Verification verified() {
        return cluster.verify(2, List.of(EMAIL), VerifyProgress.NONE);
    }

    @Test
    void values_that_two_shards_hold_are_counted_and_some_are_named() {
        long here = 1;
        long there = 1;
        for (String email : List.of("ada@x", "bob@x", "cyd@x")) {
            here = userOn("eu-1", here + 1);
            there = userOn("eu-2", there + 1);
            user(here, email);
            user(there, email);
        }
        user(userOn("eu-1", here + 1), "only@x");
        user(userOn("eu-2", there + 1), "Only@x");
        user(userOn("eu-1", here + 1000), null);
        user(userOn("eu-2", there + 1000), null);

        Verification found = verified();

        assertThat(found.unique())
                .containsExactly(new SharedValues(
                        EMAIL,
                        new Occurrences<>(
                                3,
                                List.of(
                                        new SharedValue("ada@x", List.of("eu-1", "eu-2")),
                                        new SharedValue("bob@x", List.of("eu-1", "eu-2"))))));
        assertThat(found.isSound()).isTrue();
        assertThat(found.isOk()).isFalse();
        assertThat(cluster.verify().isOk()).isTrue();
    }

    @Test
    void the_constraint_is_named_wherever_somebody_looks() {
        assertThat(cluster.verify().remarks())
                .singleElement()
                .asString()
                .startsWith("users is unique by email without the key (")
                .contains("verify --unique users.email finds");
        assertThat(cluster.rebalancer().plan().remarks())
                .isEqualTo(cluster.verify().remarks())
                .hasSize(1);
        assertThat(Ringshard.check(config).remarks()).isEqualTo(cluster.verify().remarks());
    }

    @Test
    void rows_that_move_are_not_taken_for_two() throws Exception {
        for (long id = 1; id <= 300; id++) {
            user(id, "user-" + id + "@x");
        }
        ShardConfig newcomer = shard("eu-3");
        CompletableFuture<Void> moves = CompletableFuture.runAsync(() -> {
            cluster.addShard(newcomer);
            cluster.removeShard("eu-1");
        });
        int looks = 0;
        while (!moves.isDone() || looks == 0) {
            assertThat(verified().unique().get(0).found().isNone()).isTrue();
            looks++;
        }
        moves.get();
        assertThat(verified().isOk()).isTrue();
    }

    @Test
    void what_is_not_there_is_refused_with_what_is() {
        assertThatThrownBy(() -> UniqueColumn.parse("email")).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> cluster.verify(2, List.of(UniqueColumn.parse("people.email")), VerifyProgress.NONE))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("people is not a sharded table of the configuration")
                .hasMessageContaining("There are: users");
        assertThatThrownBy(() -> cluster.verify(2, List.of(UniqueColumn.parse("usres.email")), VerifyProgress.NONE))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("usres is not a sharded table of the configuration: did you mean 'users'?");
        assertThatThrownBy(() -> cluster.verify(2, List.of(UniqueColumn.parse("users.mail")), VerifyProgress.NONE))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("users has no column mail");
    }
}
