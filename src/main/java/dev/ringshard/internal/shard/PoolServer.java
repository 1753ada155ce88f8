package dev.ringshard.internal.shard;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which server the connections of a pool lead to, and whether that is another one than before, or the same with older files: what
 * it says may be old. A server is asked once over each connection to it, before any work; where the server may change
 * {@linkplain #isHidden beneath} a connection, in each transaction. Thread-safe.
 */
final class PoolServer {
    private final Dialect dialect;
    private final Opening opening;

    /** The connections whose server stays what it was: that of a standby may become a primary beneath them. */
    private final Set<Object> compared = Collections.newSetFromMap(new WeakHashMap<>());

    private @Nullable ServerLog seen;
    private long started;
    private volatile boolean isHidden;
    private volatile long doubts;
    private volatile long accepted;
    private volatile boolean hasGoneBack;

    /** @param opening for new connections, where the pool is Ringshard's own */
    PoolServer(Dialect dialect, Opening opening) {
        this.dialect = dialect;
        this.opening = opening;
    }

    /** Of a pool of the caller's, whose connections need nothing. */
    static PoolServer ofCaller(Dialect dialect) {
        return new PoolServer(dialect, dialect::serverLog);
    }

    /** What is done to a connection before a caller gets it; one for which it fails is closed. */
    @FunctionalInterface
    interface Opening {
        /** The log of the server that it leads to; empty where that is not known. */
        Optional<ServerLog> of(Connection connection) throws SQLException;
    }

    /** Does to a connection what is done before a caller gets it, also if that was done before. */
    void open(Connection connection) throws SQLException {
        ask(connection, opening);
    }

    /**
     * Whether the server may be another one from one transaction to the next, with nothing to be seen of it: a connection pooler
     * stands before it, or the pool does not show its connections. Not known before the first connection.
     */
    boolean isHidden() {
        return isHidden;
    }

    /**
     * Asks for the server of a connection that a caller is about to work with, unless it is known, or asked in each transaction.
     *
     * @return whether it is no standby, as far as that is known by now
     */
    boolean compare(Connection connection) throws SQLException {
        if (isHidden) {
            return true;
        }
        Optional<Object> physical = dialect.physical(connection);
        return (physical.isPresent() && isCompared(physical.get())) || look(connection);
    }

    /** As {@link #compare}, in a transaction that has begun: it stays with its server. */
    boolean compareWithin(Connection begun) throws SQLException {
        return !isHidden || look(begun);
    }

    /** As {@link #compare}, also if it is known. */
    boolean look(Connection connection) throws SQLException {
        return ask(connection, dialect::serverLog);
    }

    /**
     * INVARIANT: what was seen is read before the server is asked. What others see meanwhile may be further than the answer.
     *
     * <p>How far a standby is says nothing of the one that it follows.
     *
     * @return whether it is no standby
     */
    private boolean ask(Connection connection, Opening asking) throws SQLException {
        ServerLog before = seen();
        Optional<ServerLog> answer = asking.of(connection);
        if (answer.isEmpty()) {
            return true;
        }
        Optional<Object> physical = dialect.physical(connection);
        isHidden = isHidden || physical.isEmpty() || dialect.isPooled(connection);
        if (answer.get().isOfStandby()) {
            return false;
        }
        saw(before, answer.get());
        physical.ifPresent(this::remember);
        return true;
    }

    private synchronized boolean isCompared(Object physical) {
        return compared.contains(physical);
    }

    private synchronized void remember(Object physical) {
        compared.add(physical);
    }

    private synchronized @Nullable ServerLog seen() {
        return seen;
    }

    private synchronized void saw(@Nullable ServerLog before, ServerLog now) {
        boolean isAnother = seen != null && !seen.line().equals(now.line());
        boolean isBehind = before != null && before.isAheadOf(now);
        boolean isRestarted = started != 0 && now.started() != 0 && started != now.started();
        started = now.started();
        if (isAnother || isBehind || isRestarted) { // what was done to its files meanwhile is not known
            doubts++;
        }
        if (isAnother || isBehind) {
            hasGoneBack = hasGoneBack || isBehind;
            seen = now;
        } else {
            note(now);
        }
    }

    /** Takes note of how far the log of its server was, as another process saw it. */
    synchronized void note(ServerLog elsewhere) {
        if (seen == null || elsewhere.isAheadOf(seen)) {
            seen = elsewhere;
        }
    }

    /** Whether its log was seen further than so. */
    synchronized boolean wasAheadOf(ServerLog log) {
        return seen != null && seen.isAheadOf(log);
    }

    /**
     * Whether it is another server than before, or was started anew or {@linkplain #hasGoneBack went back}, until {@link #accept} or
     * {@link #acceptLoss}.
     */
    boolean hasChanged() {
        return doubts > accepted;
    }

    /** How often there was a reason to doubt it. */
    long doubts() {
        return doubts;
    }

    /** Whether its log is shorter than it was, until {@link #acceptLoss}: once no other shard has noted anything that is lost here. */
    boolean hasGoneBack() {
        return hasGoneBack;
    }

    synchronized void doubt() {
        doubts++;
    }

    /**
     * INVARIANT: what has come up since its answer began stays a reason to doubt it.
     *
     * @param known {@link #doubts} before it was asked for what is accepted now
     */
    synchronized void accept(long known) {
        accepted = Math.max(accepted, known);
    }

    /** As {@link #accept}, with all that it has lost. */
    synchronized void acceptLoss(long known) {
        accept(known);
        hasGoneBack = hasGoneBack && hasChanged();
    }
}
