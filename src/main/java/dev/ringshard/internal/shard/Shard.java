package dev.ringshard.internal.shard;

import com.zaxxer.hikari.HikariDataSource;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.status.BreakerState;
import dev.ringshard.status.PoolState;
import dev.ringshard.status.ShardConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One database, and the one place that begins, commits and rolls back; its {@link ConnectionSource} lends the connections.
 * Thread-safe.
 */
public final class Shard implements AutoCloseable {
    private final String name;
    private final Dialect dialect;
    private final ShardFailures failures;
    private final ConnectionSource connections;
    private final Set<String> fenced = ConcurrentHashMap.newKeySet();

    private Shard(String name, Dialect dialect, DataSource dataSource, boolean closesPool) {
        this.name = name;
        this.dialect = dialect;
        this.failures = new ShardFailures(name, dialect);
        this.connections = new ConnectionSource(name, dialect, dataSource, closesPool, failures);
    }

    /** A shard on a pool of Ringshard's own, which it closes. */
    static Shard onPool(String name, Dialect dialect, HikariDataSource pool) {
        return new Shard(name, dialect, pool, true);
    }

    /** A shard on a data source of the caller's, which it never closes. */
    static Shard onDataSource(String name, Dialect dialect, DataSource dataSource) {
        return new Shard(name, dialect, dataSource, false);
    }

    /** Work on a connection that commits each statement by itself. */
    @FunctionalInterface
    public interface AutocommitWork<T extends @Nullable Object> {
        /** Does the work. */
        T run(Connection connection) throws SQLException;
    }

    /** The name under which the shard is configured. */
    public String name() {
        return name;
    }

    public Dialect dialect() {
        return dialect;
    }

    /** Where connections come from; for tools such as Flyway that begin and commit by themselves. */
    public DataSource dataSource() {
        return connections.dataSource();
    }

    /** How the pool stands; empty where the connections come from a data source of the caller's that is no Hikari pool. */
    public Optional<PoolState> pool() {
        return connections.pool();
    }

    /** The pool that is Ringshard's own, with which {@link Shards} was opened. */
    ConnectionSource source() {
        return connections;
    }

    /** Its pool and its circuit breaker, as they are now. */
    public ShardConnections connections() {
        return new ShardConnections(name, pool(), breakerState());
    }

    /** Closed while the shard answers; otherwise open, or half open. */
    public BreakerState breakerState() {
        return connections.breakerState();
    }

    /**
     * Whether its server was started anew or restored, or older files put back under it, or a standby took over, since this process
     * first connected, or it is {@linkplain #doubt doubted}: it may be behind, and is not believed until a router has
     * {@linkplain #accept accepted} it.
     */
    public boolean hasChanged() {
        return connections.server().hasChanged();
    }

    /** Has it compared with the others before a caller works with it again. */
    public void doubt() {
        connections.server().doubt();
    }

    /** How often there was a reason to doubt it; to be read before it is asked for what is compared with the others. */
    public long doubts() {
        return connections.server().doubts();
    }

    /**
     * Takes the server for what it says it is, after it was compared with the others, but for what contradicts.
     *
     * @param known {@link #doubts} before it said so: what has come up since keeps it from being believed
     */
    public void accept(long known) {
        connections.server().accept(known);
    }

    /** As {@link #accept}, where nothing contradicts: {@link #hasGoneBack} is over, too. */
    public void acceptLoss(long known) {
        connections.server().acceptLoss(known);
    }

    /** Takes note of how far the log of its server was, as another shard has it on record. */
    public void note(ServerLog elsewhere) {
        connections.server().note(elsewhere);
    }

    /**
     * Whether older files were put back under its server, and that was not {@linkplain #acceptLoss accepted}.
     *
     * @param said what it has just said; if the log was seen further than that meanwhile, the shard is asked once more
     */
    public boolean hasGoneBack(ServerLog said) {
        PoolServer server = connections.server();
        if (server.wasAheadOf(said)) {
            read(connection -> {
                server.look(connection);
                return true;
            });
        } else {
            server.note(said);
        }
        return server.hasGoneBack();
    }

    /**
     * For work that has its connection, as the maker of that may have noticed.
     *
     * @throws NoOwnerException if its server {@linkplain #hasChanged has changed}
     */
    public void requireUnchanged() {
        if (hasChanged()) {
            throw new NoOwnerException("""
                    Shard %s was restarted or restored, or a standby took over, since this process connected to it. Nothing was done. \
                    Ringshard compares it with the other shards and tries again.""".formatted(name));
        }
    }

    /**
     * As {@link #requireUnchanged()}, for work that has just seen more.
     *
     * @param isRestored whether the shard says that what it owns came out of a dump
     */
    public void requireUnchanged(boolean isRestored) {
        if (isRestored) {
            doubt();
        }
        requireUnchanged();
    }

    /**
     * Runs work in one transaction and commits it.
     *
     * @throws ShardUnavailableException if the shard gives no connection, or loses it before the commit
     * @throws OutcomeUnknownException if the commit was sent and no answer came
     * @throws RingshardException for what else {@link ShardFailures} knows; any other failure of the work as it is
     */
    public <T extends @Nullable Object> T transaction(int isolation, ShardTransaction.Work<T> work) {
        try (ShardTransaction transaction = begin(isolation)) {
            T result = transaction.run(work);
            transaction.commit();
            return result;
        }
    }

    /** As {@link #transaction} at READ COMMITTED. */
    public <T extends @Nullable Object> T transaction(ShardTransaction.Work<T> work) {
        return transaction(Connection.TRANSACTION_READ_COMMITTED, work);
    }

    /** Reads in one snapshot of all tables. */
    public <T extends @Nullable Object> T snapshot(ShardTransaction.Work<T> work) {
        try (ShardTransaction transaction = beginSnapshot()) {
            return transaction.run(work);
        }
    }

    /** As {@link #snapshot}, also of a standby, whose answer may be old: for those that ask who it is. */
    public <T extends @Nullable Object> T snapshotOfAnyServer(ShardTransaction.Work<T> work) {
        try (ShardTransaction transaction = begin(
                lease -> dialect.transactions().beginSnapshot(lease.connection()),
                ShardTransaction.Ending.NOTHING,
                ConnectionSource.Serving.ANY_SERVER)) {
            return transaction.run(work);
        }
    }

    /** Begins a transaction, which the caller must close. */
    public ShardTransaction begin(int isolation) {
        return begin(at(isolation), ShardTransaction.Ending.NOTHING);
    }

    /**
     * Begins a transaction of a mover, which the caller must close: it passes the fence on sharded tables, and commits
     * durably.
     *
     * @param lockTimeout how long it waits for a lock
     */
    public ShardTransaction beginMove(Duration lockTimeout) {
        return beginMove(connection -> dialect.transactions().beginMove(connection, lockTimeout));
    }

    /** As {@link #beginMove}, for what copies rows, and may be silent for longer: no writes wait for it. */
    public ShardTransaction beginStaging(Duration lockTimeout) {
        return beginMove(connection -> dialect.transactions().beginStaging(connection, lockTimeout));
    }

    /**
     * As {@link #beginMove}, for what is done again if a crash of the database undoes it after its commit. A crash
     * that keeps this commit keeps all before it.
     */
    public ShardTransaction beginTidying(Duration lockTimeout) {
        return beginMove(connection -> dialect.transactions().beginTidying(connection, lockTimeout));
    }

    private ShardTransaction beginMove(Step mover) {
        ShardTransaction transaction =
                begin(at(Connection.TRANSACTION_READ_COMMITTED), dialect.transactions()::endMove);
        try {
            return transaction.run(begun -> {
                mover.of(begun.connection());
                return begun;
            });
        } catch (RuntimeException failure) {
            transaction.close();
            throw failure;
        }
    }

    /**
     * Begins a transaction that may write to a reference table, which the caller must close.
     *
     * @param table with its schema, in the case of letters in which the database keeps names
     */
    public ShardTransaction beginReferenceWork(String table) {
        ShardTransaction transaction =
                begin(at(Connection.TRANSACTION_READ_COMMITTED), dialect.transactions()::endReferenceWork);
        try {
            return transaction.run(begun -> {
                dialect.transactions().beginReferenceWork(begun.connection(), table);
                return begun;
            });
        } catch (RuntimeException failure) {
            transaction.close();
            throw failure;
        }
    }

    /** Begins a transaction that reads one snapshot of all tables, which the caller must close. */
    public ShardTransaction beginSnapshot() {
        return begin(dialect.transactions()::beginSnapshot);
    }

    /** As {@link #beginSnapshot}, of a transaction that may lock rows. */
    public ShardTransaction beginLockingSnapshot() {
        return begin(dialect.transactions()::beginLockingSnapshot);
    }

    /** As {@link #beginSnapshot}, for a mover, whose copy may take as long as it takes. */
    public ShardTransaction beginCopy() {
        return begin(dialect.transactions()::beginCopy);
    }

    /**
     * Whether a text of several statements, sent at once, is one transaction here in which nothing else has to be asked: see
     * {@link Dialect#runsStatementsTogether} and {@link PoolServer#isHidden}.
     */
    public boolean runsStatementsTogether() {
        return dialect.runsStatementsTogether() && !connections.server().isHidden();
    }

    /** Runs statements that each commit by themselves; a lost connection leaves their outcome unknown. */
    public <T extends @Nullable Object> T autocommit(AutocommitWork<T> work) {
        return autocommit(work, failures::inAutocommit);
    }

    /** Reads by one statement; a lost connection means that nothing was read. */
    public <T extends @Nullable Object> T read(AutocommitWork<T> work) {
        return connections.server().isHidden() ? readWithin(work, begun -> {}) : autocommit(work, failures::ofCaller);
    }

    /** As {@link #read(AutocommitWork)}, by a text of the caller's, which may leave something behind in its session. */
    public <T extends @Nullable Object> T read(String text, AutocommitWork<T> work) {
        return dialect.mayChangeSession(text) ? readWithin(work, ShardTransaction::changesSession) : read(work);
    }

    private <T extends @Nullable Object> T readWithin(AutocommitWork<T> work, Noting noting) {
        try (ShardTransaction transaction =
                begin(Connection.TRANSACTION_READ_COMMITTED).translating(failures::ofCaller)) {
            return transaction.run(begun -> {
                noting.of(begun);
                return work.run(begun.connection());
            });
        }
    }

    /**
     * As {@link #read} where the shard {@linkplain #runsStatementsTogether runs statements together}, by a text that begins a transaction and ends it, such as {@link Transactions#inOneSnapshot}: where it stops in
     * between, the transaction is ended.
     */
    public <T extends @Nullable Object> T readInOneSnapshot(AutocommitWork<T> work) {
        return autocommit(
                connection -> {
                    try {
                        return work.run(connection);
                    } catch (SQLException | RuntimeException failure) {
                        endTransaction(connection, failure);
                        throw failure;
                    }
                },
                failures::ofCaller);
    }

    private void endTransaction(Connection connection, Exception failure) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException lost) {
            failure.addSuppressed(lost);
            evict(connection);
        }
    }

    private <T extends @Nullable Object> T autocommit(
            AutocommitWork<T> work, Function<Throwable, RuntimeException> translation) {
        try (ConnectionSource.Lease lease = connections.lease(ConnectionSource.Serving.PRIMARY)) {
            try {
                return work.run(lease.connection());
            } catch (SQLException | RuntimeException failure) {
                connections.leaveIfReadOnly(failure);
                throw translation.apply(failure);
            }
        }
    }

    /** Whether a table is fenced by triggers that are at work; once it was seen to be, it is not looked at again. */
    public boolean isFenced(String table) {
        if (fenced.contains(table)) {
            return true;
        }
        boolean isFenced = read(connection -> isFenced(connection, table));
        if (isFenced) {
            fenced.add(table);
        }
        return isFenced;
    }

    private boolean isFenced(Connection connection, String table) {
        ShardedTable named = ShardedTable.byToken(table, "of_any_name");
        return dialect.fencing()
                .unfenced(dialect.dsl(connection), List.of(named))
                .isEmpty();
    }

    /**
     * For who asks it for no connection.
     *
     * @throws InvalidInputException if it was closed
     */
    public void requireOpen() {
        connections.requireOpen();
    }

    ShardFailures failures() {
        return failures;
    }

    /** As {@link ConnectionSource#compareWithin}. */
    void compareWithin(Connection begun) throws SQLException {
        connections.compareWithin(begun, ConnectionSource.Serving.PRIMARY);
    }

    /** As {@link ConnectionSource#leaveIfReadOnly}. */
    void leaveIfReadOnly(Throwable failure) {
        connections.leaveIfReadOnly(failure);
    }

    /** As {@link ConnectionSource#cleanse}. */
    boolean cleanse(Connection connection) throws SQLException {
        return connections.cleanse(connection);
    }

    /** As {@link ConnectionSource#evict}. */
    boolean evict(Connection connection) {
        return connections.evict(connection);
    }

    /** Lends no connection any more: a caller that comes by what it knew from before learns that the shard has left. */
    void retire() {
        connections.retire();
    }

    /** Whether it has left the cluster: it owns nothing any more, and gives no connection. */
    public boolean isRetired() {
        return connections.isRetired();
    }

    /** Lends no connection any more, and closes the pool, if it is Ringshard's own. */
    @Override
    public void close() {
        connections.close();
    }

    @Override
    public String toString() {
        return "shard " + name;
    }

    /** What begins a transaction, or is done first in it. */
    @FunctionalInterface
    public interface Step {
        /** Does it; a failure gives the connection back. */
        void of(Connection connection) throws SQLException;
    }

    private interface Noting {
        void of(ShardTransaction begun) throws SQLException;
    }

    private interface Beginning {
        void of(ConnectionSource.Lease lease) throws SQLException;
    }

    private Beginning at(int isolation) {
        return lease -> {
            if (isolation != lease.isolation()) {
                dialect.transactions().beginAt(lease.connection(), isolation);
            }
        };
    }

    /**
     * Lends a connection in autocommit, for a text that begins its transaction by itself, and may end it; the caller closes it, after
     * {@link ShardTransaction#endedByText} or {@link ShardTransaction#begunByText} where the text was executed to its end.
     *
     * @param isRepeatable whether what was sent can be repeated if no answer came
     */
    public ShardTransaction forText(boolean isRepeatable) {
        ConnectionSource.Lease lease = connections.lease(ConnectionSource.Serving.PRIMARY);
        return new ShardTransaction(this, lease.connection(), lease::restore)
                .translating(isRepeatable ? failures::ofCaller : failures::inAutocommit);
    }

    /** Begins a transaction by a step of the caller's, who must close it. */
    public ShardTransaction begin(Step step) {
        return begin(lease -> step.of(lease.connection()), ShardTransaction.Ending.NOTHING);
    }

    private ShardTransaction begin(Beginning beginning, ShardTransaction.Ending ending) {
        return begin(beginning, ending, ConnectionSource.Serving.PRIMARY);
    }

    private ShardTransaction begin(
            Beginning beginning, ShardTransaction.Ending ending, ConnectionSource.Serving serving) {
        ConnectionSource.Lease lease = connections.lease(serving);
        try {
            beginning.of(lease);
            lease.connection().setAutoCommit(false);
            connections.compareWithin(lease.connection(), serving);
            return new ShardTransaction(this, lease.connection(), connection -> {
                ending.of(connection);
                lease.restore(connection);
            });
        } catch (SQLException | RuntimeException failure) {
            connections.leaveIfReadOnly(failure);
            RuntimeException translated = failures.inTransaction(failure);
            lease.close();
            throw translated;
        }
    }
}
