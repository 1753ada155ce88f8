package dev.ringshard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.status.PoolState;
import dev.ringshard.testing.HandMover;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

/**
 * Two shards with parcels, and two processes that work on them: what a test of routed connections begins with. In the end, no
 * connection is on loan.
 */
abstract class JdbcCluster {
    static final String LABEL = "SELECT label FROM parcels WHERE parcel_key = ?";
    static final String RELABEL = "UPDATE parcels SET label = ? WHERE parcel_key = ?";

    final RingshardConfig config = Parcels.founded(kind(), 2);
    final Ringshard ringshard = Ringshard.open(config);
    final Ringshard other = Ringshard.open(config);
    final Parcels parcels = new Parcels(other);
    final RingshardDataSource dataSource = ringshard.dataSource();

    abstract DatabaseKind kind();

    @AfterEach
    void close() {
        try {
            assertThat(onLoan()).as("connections on loan").isZero();
        } finally {
            ringshard.close();
            other.close();
        }
    }

    final int onLoan() {
        return ringshard.connections().stream()
                .mapToInt(shard -> shard.pool().map(PoolState::active).orElse(0))
                .sum();
    }

    final Connection connection(Object key) throws SQLException {
        return ShardKey.with(key, () -> dataSource.getConnection());
    }

    /** A key of a parcel on a shard, which is created. */
    final String parcelOn(String shard) {
        return parcelOn(shard, 0);
    }

    final String parcelOn(String shard, int after) {
        String key = IntStream.range(0, 10_000)
                .mapToObj(i -> "p-" + i)
                .filter(candidate -> other.router().locate(candidate).shard().equals(shard))
                .skip(after)
                .findFirst()
                .orElseThrow();
        parcels.create(Parcel.bare(key));
        return key;
    }

    /** Moves the range of a key to the other shard; whoever does not ask does not know. */
    final void move(String key) throws SQLException {
        other.router().refresh();
        int source = Integer.parseInt(other.router().locate(key).shard().substring("eu-".length())) - 1;
        TestDatabase from = TestDatabase.of(config.shards().get(source));
        TestDatabase to = TestDatabase.of(config.shards().get(1 - source));
        try (HandMover mover =
                new HandMover(from, to, "eu-" + (2 - source), config.shardedTables(), firstToken(from, key))) {
            mover.move();
        }
    }

    final long firstToken(TestDatabase database, String key) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT first_token FROM ringshard.owned_range WHERE "
                        + other.router().token(key) + " BETWEEN first_token AND last_token")) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        }
    }

    static String label(Connection connection, String key) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(LABEL)) {
            return label(query, key);
        }
    }

    static String label(PreparedStatement query, String key) throws SQLException {
        query.setString(1, key);
        try (ResultSet row = query.executeQuery()) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    static int relabel(Connection connection, String key, String label) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(RELABEL)) {
            update.setString(1, label);
            update.setString(2, key);
            return update.executeUpdate();
        }
    }

    final String storedLabel(String key) {
        return parcels.find(key).orElseThrow().label();
    }
}
