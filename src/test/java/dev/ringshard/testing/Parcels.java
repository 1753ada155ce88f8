package dev.ringshard.testing;

import static java.util.stream.Collectors.groupingBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.routing.FencedStatement;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.routing.PointRead;
import dev.ringshard.routing.Router;
import dev.ringshard.scatter.Gathered;
import dev.ringshard.scatter.ShardPart;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * The tables that the engine's own tests work on: {@code parcels}, which stores its tokens beside its keys, and
 * {@code stamps}, a child of it that has only the key. A parcel's postage is the sum of its stamps, so that a write that
 * is lost, torn or repeated shows. Thread-safe.
 */
public final class Parcels {
    /** Those that others refer to first. */
    public static final List<ShardedTable> TABLES = List.of(
            ShardedTable.byToken("parcels", "ring_token").withKey("parcel_key"),
            ShardedTable.byKey("stamps", "parcel_key"));

    /** What a configuration in YAML says of them. */
    public static final String YAML = """
            bank: false
            tables:
              migrations: [ "classpath:parcels" ]
              sharded:
                - { name: parcels, key: parcel_key, token: ring_token }
                - { name: stamps, key: parcel_key }""";

    private static final PointRead<Parcel> FIND = PointRead.of(
            "SELECT parcel_key, label, postage, handled FROM parcels WHERE parcel_key = ?",
            row -> new Parcel(row.getString(1), row.getString(2), row.getBigDecimal(3), row.getInt(4)));
    private static final PointRead<String> STAMPS =
            PointRead.of("SELECT stamp FROM stamps WHERE parcel_key = ? ORDER BY stamp", row -> row.getString(1));
    private static final FencedStatement HANDLE =
            FencedStatement.of("UPDATE parcels SET handled = handled + 1 WHERE parcel_key = ?");

    private static final Field<BigDecimal> POSTAGE = DSL.field("postage", BigDecimal.class);

    private final Ringshard ringshard;
    private final Router router;

    /** The parcels of an open cluster. */
    public Parcels(Ringshard ringshard) {
        this.ringshard = ringshard;
        this.router = ringshard.router();
    }

    /** A configuration of a cluster {@code parcels} with these shards; few virtual nodes, so that ranges are shared. */
    public static RingshardConfig config(List<ShardConfig> shards) {
        return config(shards, Duration.ofSeconds(5));
    }

    /** As {@link #config(List)}, with a routing timeout of the caller's own. */
    public static RingshardConfig config(List<ShardConfig> shards, Duration routingTimeout) {
        RingshardConfig.Builder config = RingshardConfig.builder("parcels")
                .ring(RingConfig.DEFAULT.withVirtualNodes(8))
                .shards(shards)
                .routingTimeout(routingTimeout)
                .bank(BankConfig.OFF)
                .migrations("classpath:parcels");
        TABLES.forEach(config::table);
        return config.build();
    }

    /** The same, with messages between keys. */
    public static RingshardConfig withOutbox(RingshardConfig config) {
        return new RingshardConfig(
                config.cluster(),
                config.ring(),
                config.shards(),
                config.routingTimeout(),
                config.purgeAfter(),
                config.tables(),
                config.bank(),
                true);
    }

    /** The configuration of a cluster that was founded on fresh databases, and is empty. */
    public static RingshardConfig founded(DatabaseKind kind, int shards) {
        return founded(Collections.nCopies(shards, kind));
    }

    /** As {@link #founded(DatabaseKind, int)}, with one shard for each kind given. */
    public static RingshardConfig founded(List<DatabaseKind> kinds) {
        return TestCluster.founded(kinds, databases -> config(TestCluster.shards(databases)));
    }

    public void create(Parcel parcel) {
        router.transaction(parcel.key(), transaction -> {
            insert(transaction, List.of(parcel));
            return true;
        });
    }

    /** Many at once, those of one shard in one transaction; while no rows move. */
    public void createAll(Collection<Parcel> parcels) {
        parcels.stream()
                .collect(groupingBy(parcel -> router.locate(parcel.key()).shard()))
                .values()
                .forEach(together -> router.transaction(together.get(0).key(), transaction -> {
                    insert(transaction, together);
                    return true;
                }));
    }

    /** The triggers of the tables enter for each key. */
    private void insert(KeyedTransaction transaction, List<Parcel> parcels) throws SQLException {
        Connection connection = transaction.connection();
        try (PreparedStatement parcel = connection.prepareStatement(
                        "INSERT INTO parcels (parcel_key, label, postage, ring_token) VALUES (?, ?, ?, ?)");
                PreparedStatement stamp = connection.prepareStatement(
                        "INSERT INTO stamps (parcel_key, stamp, amount) VALUES (?, 'first', ?)")) {
            for (Parcel one : parcels) {
                parcel.setString(1, one.key());
                parcel.setString(2, one.label());
                parcel.setBigDecimal(3, one.postage());
                parcel.setLong(4, router.token(one.key()));
                parcel.addBatch();
                if (one.postage().signum() != 0) {
                    stamp.setString(1, one.key());
                    stamp.setBigDecimal(2, one.postage());
                    stamp.addBatch();
                }
            }
            parcel.executeBatch();
            stamp.executeBatch();
        }
    }

    public Optional<Parcel> find(String key) {
        return router.read(key, FIND, key).stream().findFirst();
    }

    public BigDecimal postage(String key) {
        return find(key).orElseThrow().postage();
    }

    /** The names of a parcel's stamps. */
    public List<String> stamps(String key) {
        return router.read(key, STAMPS, key);
    }

    /**
     * Puts a stamp on a parcel, once for each name: a transaction of several statements.
     *
     * @return whether it was not there yet
     */
    public boolean stamp(String key, String stamp, String amount) {
        return router.transaction(key, transaction -> {
            BigDecimal more = new BigDecimal(amount);
            transaction.dsl().fetchSingle("SELECT label FROM parcels WHERE parcel_key = ? FOR UPDATE", key);
            boolean isNew = transaction
                    .dsl()
                    .fetch("SELECT amount FROM stamps WHERE parcel_key = ? AND stamp = ?", key, stamp)
                    .isEmpty();
            if (isNew) {
                transaction
                        .dsl()
                        .execute("INSERT INTO stamps (parcel_key, stamp, amount) VALUES (?, ?, ?)", key, stamp, more);
                transaction.dsl().execute("UPDATE parcels SET postage = postage + ? WHERE parcel_key = ?", more, key);
            }
            return isNew;
        });
    }

    /**
     * Counts that a parcel was handled: one statement, which on PostgreSQL is one round trip.
     *
     * @return whether there is such a parcel
     */
    public boolean handle(String key) {
        return router.update(key, HANDLE, key) == 1;
    }

    /**
     * Deletes a parcel with its stamps.
     *
     * @return whether there was one
     */
    public boolean delete(String key) {
        return router.transaction(key, transaction -> {
            transaction.dsl().execute("DELETE FROM stamps WHERE parcel_key = ?", key);
            return transaction.dsl().execute("DELETE FROM parcels WHERE parcel_key = ?", key) == 1;
        });
    }

    /** How many there are on all shards. */
    public long count() {
        return totals().parcels();
    }

    /**
     * What a read over all shards makes of all parcels.
     *
     * @param postage of all together
     */
    public record Totals(long parcels, BigDecimal postage) {
        private Totals plus(Totals other) {
            return new Totals(parcels + other.parcels, postage.add(other.postage));
        }
    }

    public Totals totals() {
        return ringshard.scatter().gather(Parcels::totals).values().stream()
                .reduce(new Totals(0, BigDecimal.ZERO), Totals::plus);
    }

    /** As {@link #totals()}, of the shards that answer, each for itself. */
    public Gathered<Totals> totalsOfAvailableShards() {
        return ringshard.scatter().gatherFromAvailable(Parcels::totals);
    }

    private static Totals totals(ShardPart part) {
        return part.fetch(
                        part.dsl()
                                .select(DSL.count(), DSL.coalesce(DSL.sum(POSTAGE), BigDecimal.ZERO))
                                .from("parcels")
                                .where(part.visible(TABLES.get(0))),
                        row -> new Totals(row.getLong(1), row.getBigDecimal(2)))
                .get(0);
    }

    /** The keys of all parcels as of one moment for each shard; to be closed. */
    public Stream<String> keys() {
        return ringshard.scatter().snapshots().stream(part -> part.iterate(
                part.dsl()
                        .select(DSL.field("parcel_key", String.class))
                        .from("parcels")
                        .where(part.visible(TABLES.get(0)))
                        .fetchSize(100),
                row -> row.getString(1)));
    }
}
