package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.outbox.Delivery;
import dev.ringshard.outbox.Message;
import dev.ringshard.outbox.MessageHandler;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A schema that was there before, without a column for tokens, and with a table "customers" of its own. */
abstract class OwnKeysContract {
    private static final PointRead<String> NAME =
            PointRead.of("SELECT name FROM tenants WHERE id = ?", row -> row.getString(1));
    private static final FencedStatement INSERT = FencedStatement.of("INSERT INTO tenants VALUES (?, ?)");

    private final List<TestDatabase> databases = new ArrayList<>();

    abstract DatabaseKind kind();

    private ShardConfig shard(String name, String keyType) throws SQLException {
        TestDatabase database = TestCluster.database(kind());
        databases.add(database);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE tenants (id %s PRIMARY KEY, name varchar(100) NOT NULL)".formatted(keyType));
            statement.execute(
                    "CREATE TABLE customers (tenant_id %s NOT NULL REFERENCES tenants (id), number int NOT NULL,"
                                    .formatted(keyType)
                            + " doubled int GENERATED ALWAYS AS (number * 2) "
                            + (kind() == DatabaseKind.H2 ? "" : "STORED")
                            + ", PRIMARY KEY (tenant_id, number))");
        }
        return TestCluster.shard(name, database);
    }

    private static RingshardConfig config(ShardConfig... shards) {
        return RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shards(List.of(shards))
                .table(ShardedTable.byKey("tenants", "id"))
                .table(ShardedTable.byKey("customers", "tenant_id"))
                .build();
    }

    @Test
    void a_message_between_uuid_keys_is_the_same_however_they_are_written() throws SQLException {
        RingshardConfig config = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .outbox()
                .shards(List.of(shard("eu-1", "uuid"), shard("eu-2", "uuid")))
                .table(ShardedTable.byKey("tenants", "id"))
                .table(ShardedTable.byKey("customers", "tenant_id"))
                .build();
        Ringshard.init(config);
        UUID sender = UUID.fromString("aaaaaaaa-0000-4000-8000-00000000000a");
        UUID recipient = UUID.fromString("bbbbbbbb-0000-4000-8000-00000000000b");
        try (Ringshard shop = Ringshard.open(config)) {
            List<Message> taken = new ArrayList<>();
            shop.outbox().register("note", taking(taken));
            Message written = new Message(shouted(sender), "one", shouted(recipient), "note", "");
            shop.router().transaction(sender, transaction -> shop.outbox().send(transaction, written));

            assertThat(shop.outbox().sent(sender.toString()))
                    .containsExactly(new Message(sender.toString(), "one", recipient.toString(), "note", ""));
            assertThat(shop.outbox().deliver(written.sender(), "one")).isEqualTo(Delivery.ACCEPTED);
            assertThat(taken).extracting(Message::recipient).containsExactly(recipient.toString());
            assertThat(shop.outbox().deliver(sender.toString(), "one")).isEqualTo(Delivery.UNKNOWN);
        }
    }

    private static String shouted(UUID key) {
        return key.toString().toUpperCase(Locale.ROOT);
    }

    private static MessageHandler taking(List<Message> taken) {
        return new MessageHandler() {
            @Override
            public boolean receive(KeyedTransaction transaction, Message message) {
                return taken.add(message);
            }

            @Override
            public void refused(KeyedTransaction transaction, Message message) {}
        };
    }

    @Test
    void rows_of_uuid_keys_are_found_however_the_key_is_written_and_move() throws SQLException {
        RingshardConfig config = config(shard("eu-1", "uuid"), shard("eu-2", "uuid"));
        ShardConfig third = shard("eu-3", "uuid");
        Ringshard.init(config);
        try (Ringshard shop = Ringshard.open(config)) {
            List<UUID> keys = new ArrayList<>();
            for (int i = 0; i < 120; i++) {
                UUID key = UUID.randomUUID();
                keys.add(key);
                assertThat(shop.router().update(key, INSERT, key, "tenant " + i))
                        .isEqualTo(1);
                shop.router().transaction(key, tx -> tx.dsl()
                        .execute("INSERT INTO customers (tenant_id, number) VALUES (?, 7)", key));
            }

            RebalanceReport joined = shop.addShard(third);

            assertThat(joined.movedRows()).isBetween(24L, 160L);
            for (int i = 0; i < keys.size(); i++) {
                UUID key = keys.get(i);
                assertThat(shop.router().read(key.toString().toUpperCase(java.util.Locale.ROOT), NAME, key))
                        .containsExactly("tenant " + i);
                int doubled = shop.router().transaction(key, tx -> tx.dsl()
                        .fetchSingle("SELECT doubled FROM customers WHERE tenant_id = ?", key)
                        .get(0, Integer.class));
                assertThat(doubled).isEqualTo(14);
            }
            assertThat(count("tenants")).isEqualTo(120);
            assertThat(count("customers")).isEqualTo(120);
            assertThatThrownBy(() -> shop.router().token("no uuid"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("UUIDs");
            shop.removeShard("eu-1");
            assertThat(count("tenants")).isEqualTo(120);
        }
    }

    @Test
    void rows_of_number_keys_are_found_by_number_and_by_digits() throws SQLException {
        RingshardConfig config = config(shard("eu-1", "bigint"), shard("eu-2", "bigint"));
        Ringshard.init(config);
        try (Ringshard shop = Ringshard.open(config)) {
            for (long key : new long[] {1, -5, 42, Long.MAX_VALUE, Long.MIN_VALUE}) {
                shop.router().update(key, INSERT, key, "n" + key);
                assertThat(shop.router().read(Long.toString(key), NAME, key)).containsExactly("n" + key);
            }
            assertThat(shop.router().read("0042", NAME, 42L)).containsExactly("n42");
            assertThat(shop.router().token(42)).isEqualTo(shop.router().token("42"));
            assertThatThrownBy(() -> shop.router().token("forty-two")).hasMessageContaining("whole numbers");
        }
    }

    @Test
    void a_row_of_a_key_that_lives_elsewhere_is_refused_whoever_writes_it() throws SQLException {
        RingshardConfig config = config(shard("eu-1", "bigint"), shard("eu-2", "bigint"));
        Ringshard.init(config);
        try (Ringshard shop = Ringshard.open(config)) {
            long foreign = 1;
            while (!shop.router().locate(foreign).shard().equals("eu-2")) {
                foreign++;
            }
            long key = foreign;
            assertThatThrownBy(() -> sql(0, "INSERT INTO tenants VALUES (" + key + ", 'x')"))
                    .isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState())
                            .isEqualTo("RS001"));
            sql(1, "INSERT INTO tenants VALUES (" + key + ", 'x')");
            assertThatThrownBy(() -> sql(1, "UPDATE tenants SET id = " + own(shop, "eu-1") + " WHERE id = " + key))
                    .isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState())
                            .isEqualTo("RS001"));
        }
    }

    private static long own(Ringshard shop, String shard) {
        long key = 1;
        while (!shop.router().locate(key).shard().equals(shard)) {
            key++;
        }
        return key;
    }

    @Test
    void tables_whose_keys_cannot_be_keys_are_refused_with_all_that_is_wrong() throws SQLException {
        TestDatabase database = TestCluster.database(kind());
        databases.add(database);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE tenants (id numeric(10, 2) PRIMARY KEY)");
            statement.execute("CREATE TABLE customers (tenant_id uuid, name varchar(10))");
            statement.execute("CREATE TABLE pets (owner bigint NOT NULL)");
        }
        RingshardConfig config = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shard(TestCluster.shard("eu-1", database))
                .table(ShardedTable.byKey("tenants", "id"))
                .table(ShardedTable.byKey("customers", "tenant_id"))
                .table(ShardedTable.byKey("pets", "owner"))
                .table(ShardedTable.byKey("plants", "owner"))
                .build();

        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("tenants has the key column id of type numeric(10,2)")
                .hasMessageContaining("customers has a key column tenant_id that may be null")
                .hasMessageContaining("pets has keys that are whole numbers, where those of customers are UUIDs")
                .hasMessageContaining("plants is not there");
    }

    private void sql(int database, String statement) throws SQLException {
        try (Connection connection = databases.get(database).connect();
                Statement one = connection.createStatement()) {
            one.execute(statement);
        }
    }

    private long count(String table) throws SQLException {
        long rows = 0;
        for (TestDatabase database : databases) {
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
                row.next();
                rows += row.getLong(1);
            }
        }
        return rows;
    }
}
