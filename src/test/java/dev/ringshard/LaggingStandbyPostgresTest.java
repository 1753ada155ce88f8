package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.jdbc.ShardKey;
import dev.ringshard.testing.InstalledServer;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A real standby that is behind its primary, and to which a shard's connections lead once the cluster is open. */
@Tag("ci")
class LaggingStandbyPostgresTest {
    private static final String OLD = "fragile";

    private InstalledServer primary;
    private InstalledServer standby;
    private TestDatabase database;
    private TestDatabase copy;

    @BeforeEach
    void a_standby_that_does_not_replay() throws Exception {
        primary = InstalledServer.start();
        database = primary.createDatabase();
        RingshardConfig config = config(TestCluster.shard("eu-1", database));
        Ringshard.init(config);
        try (Ringshard shop = Ringshard.open(config)) {
            new Parcels(shop).create(Parcel.of("p-1", "1.00"));
        }
        standby = primary.standby();
        copy = standby.same(database);
        await().until(() -> copy.number("SELECT count(*) FROM parcels") == 1);
        copy.execute("SELECT pg_wal_replay_pause()");
        await().until(() -> "paused".equals(copy.text("SELECT pg_get_wal_replay_pause_state()")));
    }

    @AfterEach
    void the_servers_end() throws Exception {
        standby.close();
        primary.close();
    }

    private static RingshardConfig config(ShardConfig shard) {
        return Parcels.config(List.of(shard), Duration.ofSeconds(1));
    }

    @Test
    void nothing_is_read_from_a_standby_to_which_a_data_source_turns() throws Exception {
        AtomicBoolean turned = new AtomicBoolean();
        DataSource source = source(() -> turned.get() ? copy.connect() : database.connect());
        try (Ringshard shop = Ringshard.open(config(ShardConfig.postgresql("eu-1", source)))) {
            relabel(shop);
            turned.set(true);
            assertNothingIsRead(shop);
        }
    }

    /** As poolers do that read the statements. */
    @Test
    void nothing_is_read_from_a_standby_that_gets_the_transactions_that_only_read() throws Exception {
        AtomicBoolean splits = new AtomicBoolean();
        DataSource source = source(() -> split(database.connect(), copy.connect(), splits));
        try (Ringshard shop = Ringshard.open(config(ShardConfig.postgresql("eu-1", source)))) {
            relabel(shop);
            splits.set(true);
            assertThatThrownBy(() -> label(shop, true)).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> count(shop)).isInstanceOf(ShardUnavailableException.class);
            assertThatThrownBy(shop::verify).isInstanceOf(ShardUnavailableException.class);
        }
    }

    @Test
    void a_standby_serves_once_it_has_been_promoted_with_all_that_was_written() throws Exception {
        String both =
                database.url().replaceFirst("//([^/]*)/", "//$1," + copy.url().replaceAll(".*//|/.*", "") + "/");
        TestDatabase either = new TestDatabase(both + "?targetServerType=preferPrimary", "postgres", "");
        try (Ringshard shop = Ringshard.open(config(TestCluster.shard("eu-1", either)))) {
            relabel(shop);
            primary.stop();
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertNothingIsRead(shop));

            standby.promote();

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(label(shop, true)).isEqualTo("new"));
            relabel(shop);
            assertThat(shop.verify().isSound()).isTrue();
        }
    }

    private static void relabel(Ringshard shop) {
        shop.router().transaction("p-1", tx -> tx.dsl().execute("UPDATE parcels SET label = 'new'"));
    }

    private static void assertNothingIsRead(Ringshard shop) {
        assertThatThrownBy(() -> new Parcels(shop).find("p-1"))
                .isInstanceOf(ShardUnavailableException.class)
                .hasMessageContaining("it is a standby now");
        assertThatThrownBy(() -> shop.router().transaction("p-1", tx -> tx.dsl().fetch("SELECT label FROM parcels")))
                .isInstanceOf(ShardUnavailableException.class);
        assertThatThrownBy(() -> label(shop, false))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("it is a standby now");
        assertThatThrownBy(() -> label(shop, true))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("it is a standby now");
        assertThatThrownBy(() -> count(shop)).isInstanceOf(ShardUnavailableException.class);
        assertThatThrownBy(shop::verify).isInstanceOf(ShardUnavailableException.class);
        assertThat(shop.status().problem().orElse("none")).contains("is configured with a standby");
    }

    private static List<Integer> count(Ringshard shop) {
        return List.copyOf(shop.scatter()
                .gather(part -> part.dsl().fetchCount(part.dsl().selectFrom("parcels")))
                .values());
    }

    private static String label(Ringshard shop, boolean inTransaction) throws SQLException {
        try (Connection connection = shop.dataSource()
                .createConnectionBuilder()
                .shardingKey(ShardKey.of("p-1"))
                .build()) {
            if (inTransaction) {
                connection.setReadOnly(true);
                connection.setAutoCommit(false);
            }
            try (Statement statement = connection.createStatement();
                    var row = statement.executeQuery("SELECT label FROM parcels")) {
                row.next();
                assertThat(row.getString(1)).isNotEqualTo(OLD);
                return row.getString(1);
            }
        }
    }

    private interface Source {
        Connection connect() throws SQLException;
    }

    private static DataSource source(Source source) {
        return proxy(DataSource.class, (on, name, arguments) -> switch (name) {
            case "getConnection" -> source.connect();
            case "isWrapperFor" -> false;
            default -> null;
        });
    }

    /** Of two connections that of the standby, while a transaction that only reads is under way. */
    private static Connection split(Connection primary, Connection standby, AtomicBoolean splits) {
        AtomicBoolean reads = new AtomicBoolean();
        return proxy(Connection.class, (method, name, arguments) -> {
            if (name.equals("isWrapperFor")) {
                return false;
            }
            if (name.equals("close")) {
                primary.close();
                standby.close();
                return null;
            }
            if (name.startsWith("set") && method.getReturnType() == void.class) {
                method.invoke(primary, arguments);
                return method.invoke(standby, arguments);
            }
            if (arguments != null && arguments[0] instanceof String sql && sql.contains("READ ONLY")) {
                reads.set(splits.get());
            }
            Object given = method.invoke(reads.get() ? standby : primary, arguments);
            if (name.equals("rollback") || name.equals("commit")) {
                reads.set(false);
            }
            return given;
        });
    }

    private interface Handler {
        @Nullable
        Object of(java.lang.reflect.Method method, String name, @Nullable Object @Nullable [] arguments)
                throws Exception;
    }

    private static <T> T proxy(Class<T> type, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                LaggingStandbyPostgresTest.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> {
                    try {
                        return switch (method.getName()) {
                            case "equals" -> arguments != null && proxy == arguments[0];
                            case "hashCode" -> System.identityHashCode(proxy);
                            case "toString" -> type.getSimpleName();
                            default -> handler.of(method, method.getName(), arguments);
                        };
                    } catch (InvocationTargetException failed) {
                        throw failed.getTargetException();
                    }
                }));
    }
}
