package dev.ringshard.bench;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/**
 * Transfers by hand, in the tables of the raw side: on one shard in one transaction, between two by two-phase commit, as a correct
 * coordinator has to. It prepares on both in the same order for all, so that no two can wait for each other; writes down its decision,
 * durably, before it commits the first, so that whoever finds prepared transactions after a crash knows what to do with them; and commits
 * both. To forget decisions is left out, as is whoever would look for those in doubt.
 */
final class TransfersByHand {
    private final List<DataSource> pools;
    private final String move;
    private final String decide;
    private final String decisions;

    TransfersByHand(List<DataSource> pools, RawTables tables, RunKeys keys) {
        this.pools = pools;
        this.move = """
                WITH changed AS (
                    UPDATE %s SET savings = savings + ?, version = version + 1, updated_at = CURRENT_TIMESTAMP
                    WHERE customer_key = ?
                    RETURNING customer_key, version, savings, token)
                INSERT INTO %s (customer_key, operation_id, entry_number, kind, account, amount, balance_after, token)
                SELECT customer_key, ?, version, 'TRANSFER', 'SAVINGS', ?, savings, token FROM changed
                RETURNING balance_after""".formatted(tables.customers(), tables.entries());
        this.decisions = keys.table("decisions");
        this.decide = "INSERT INTO %s (transaction_id) VALUES (?)".formatted(decisions);
    }

    /** The decisions are written where the first of the two shards is. */
    void create() throws SQLException {
        for (DataSource pool : pools) {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE %s (transaction_id varchar(100) PRIMARY KEY)".formatted(decisions));
            }
        }
    }

    private DataSource pool(String key) {
        return pools.get(RawContender.place(key, pools.size()));
    }

    void withinOneShard(String payer, String payee, BigDecimal amount, String id) throws SQLException {
        try (Connection connection = pool(payer).getConnection()) {
            connection.setAutoCommit(false);
            boolean isPayerFirst = payer.compareTo(payee) < 0;
            move(connection, isPayerFirst ? payer : payee, isPayerFirst ? amount.negate() : amount, id);
            move(connection, isPayerFirst ? payee : payer, isPayerFirst ? amount : amount.negate(), id);
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    void betweenTwoShards(String payer, String payee, BigDecimal amount, String id) throws SQLException {
        boolean isPayerFirst = RawContender.place(payer, pools.size()) < RawContender.place(payee, pools.size());
        String one = isPayerFirst ? payer : payee;
        String other = isPayerFirst ? payee : payer;
        try (Connection first = pool(one).getConnection();
                Connection second = pool(other).getConnection()) {
            prepare(first, one, isPayerFirst ? amount.negate() : amount, id, "one");
            prepare(second, other, isPayerFirst ? amount : amount.negate(), id, "other");
            try (PreparedStatement statement = first.prepareStatement(decide)) {
                statement.setString(1, id);
                statement.executeUpdate();
            }
            run(first, "COMMIT PREPARED '%s-one'".formatted(id));
            run(second, "COMMIT PREPARED '%s-other'".formatted(id));
        }
    }

    private void prepare(Connection connection, String key, BigDecimal amount, String id, String side)
            throws SQLException {
        connection.setAutoCommit(false);
        move(connection, key, amount, id);
        run(connection, "PREPARE TRANSACTION '%s-%s'".formatted(id, side));
        connection.setAutoCommit(true);
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void move(Connection connection, String key, BigDecimal amount, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(move)) {
            statement.setBigDecimal(1, amount);
            statement.setString(2, key);
            statement.setString(3, id);
            statement.setBigDecimal(4, amount);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                row.getBigDecimal(1);
            }
        }
    }
}
