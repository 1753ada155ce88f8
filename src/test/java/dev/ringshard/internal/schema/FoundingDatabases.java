package dev.ringshard.internal.schema;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.status.InitListener;
import dev.ringshard.status.InitStep;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.h2.jdbcx.JdbcDataSource;

/** Fresh databases for two founders, and for a stranger; what was handed out to them. */
final class FoundingDatabases {
    static final int FOUNDERS = 2;

    private final DatabaseKind kind;
    private final List<TestDatabase> databases;

    FoundingDatabases(DatabaseKind kind) {
        this.kind = kind;
        this.databases = IntStream.range(0, FOUNDERS + 1)
                .mapToObj(i -> TestCluster.database(kind))
                .toList();
    }

    TestDatabase database(int index) {
        return databases.get(index);
    }

    /** A shard on the same database in a way that the configuration cannot see. */
    ShardConfig alias(String name, int index) {
        TestDatabase database = database(index);
        return switch (kind) {
            case H2 -> {
                JdbcDataSource source = new JdbcDataSource();
                source.setURL(database.url());
                source.setUser(database.user());
                source.setPassword(database.password());
                yield ShardConfig.h2(name, source);
            }
            case POSTGRESQL -> {
                String url = database.url();
                String other = url.contains("127.0.0.1")
                        ? url.replace("127.0.0.1", "localhost")
                        : url.replace("localhost", "127.0.0.1");
                yield ShardConfig.of(name, other, database.user(), database.password());
            }
        };
    }

    RingshardConfig config() {
        return TestCluster.config(List.of(shard(0), shard(1)));
    }

    RingshardConfig config(RingConfig ring) {
        return RingshardConfig.builder("bank")
                .ring(ring)
                .shards(List.of(shard(0), shard(1)))
                .build();
    }

    ShardConfig shard(int index) {
        return TestCluster.shard("eu-" + (index + 1), database(index));
    }

    /** Whether it gave anybody ranges; of a cluster that is there, it only migrates the shards. */
    static boolean founds(RingshardConfig config) {
        try {
            return !Ringshard.init(config).founded().isEmpty();
        } catch (ForeignShardException refused) {
            return false;
        }
    }

    void dieBefore(int step) {
        assertThatThrownBy(() -> Ringshard.init(config(), new Death(step))).isInstanceOf(Died.class);
    }

    private static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Death implements InitListener {
        private int stepsLeft;

        Death(int step) {
            this.stepsLeft = step;
        }

        @Override
        public void before(InitStep step, String shard) {
            if (stepsLeft-- == 0) {
                throw new Died();
            }
        }
    }

    /** Who was given what; fails if a token was given twice. */
    TokenMap<String> handedOut() throws SQLException {
        List<TokenMap.Entry<String>> entries = new ArrayList<>();
        for (int i = 0; i <= FOUNDERS; i++) {
            if (isTouched(i)) {
                for (TokenRange range : owned(i)) {
                    entries.add(new TokenMap.Entry<>(range, "eu-" + (i + 1)));
                }
            }
        }
        return TokenMap.of(entries);
    }

    private List<TokenRange> owned(int index) throws SQLException {
        List<TokenRange> ranges = new ArrayList<>();
        try (Connection connection = database(index).connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT first_token, last_token FROM ringshard.owned_range")) {
            while (rows.next()) {
                ranges.add(new TokenRange(rows.getLong(1), rows.getLong(2)));
            }
        }
        return ranges;
    }

    boolean isTouched(int index) throws SQLException {
        return number(index, "SELECT count(*) FROM information_schema.tables WHERE lower(table_name) = 'owned_range'")
                > 0;
    }

    void sql(int index, String sql) throws SQLException {
        try (Connection connection = database(index).connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    long number(int index, String sql) throws SQLException {
        try (Connection connection = database(index).connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
