package dev.ringshard.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.postgresql.Driver;

/**
 * The network between clients and a PostgreSQL server, as a test wishes it to be: it passes everything on, until told to
 * cut, refuse, freeze or delay connections, or to swallow the answer of a commit. Faults add up until {@link #heal()}.
 *
 * <p>It reads the server's side of PostgreSQL's protocol, version 3, unencrypted. The server may be killed and started
 * again behind it. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {

    /** A direction of the traffic. */
    public enum Way {
        TO_SERVER,
        TO_CLIENT
    }

    private final TestDatabase behind;
    private final InetSocketAddress server;
    private final ServerSocket listener;
    private final FaultyNetwork network = new FaultyNetwork();
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean refuses;

    private FaultProxy(TestDatabase behind) throws IOException {
        Properties address = Driver.parseURL(behind.url(), new Properties());
        if (address == null) {
            throw new IllegalArgumentException("The proxy needs the URL of a PostgreSQL database.");
        }
        this.behind = behind;
        this.server = new InetSocketAddress(
                address.getProperty("PGHOST"), Integer.parseInt(address.getProperty("PGPORT", "5432")));
        this.listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        daemon(this::accept, "fault-proxy-" + listener.getLocalPort());
    }

    /** A proxy before the server of a database. */
    public static FaultProxy before(TestDatabase database) {
        try {
            return new FaultProxy(database);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The database, reached through the proxy. */
    public TestDatabase database() {
        String address = "//127.0.0.1:" + listener.getLocalPort() + "/";
        return new TestDatabase(behind.url().replaceFirst("//[^/]*/", address), behind.user(), behind.password());
    }

    /** Resets all connections that are open; new ones work. */
    public void cut() {
        connections.forEach(ProxiedConnection::reset);
    }

    /** Resets each new connection at once; those that are open work on. */
    public void refuse() {
        refuses = true;
    }

    /** Lets nothing pass that way, and says so to nobody: neither bytes nor the end of a connection. */
    public void freeze(Way way) {
        network.freeze(way);
    }

    /** Lets each piece of traffic wait that long before it passes, either way. */
    public void delay(Duration delay) {
        network.delay(delay);
    }

    /**
     * Swallows so many of the next answers that acknowledge a commit, each with the connection that it belongs to. The
     * server has committed then, and the client sees a lost connection.
     */
    public void swallowCommitAnswers(int answers) {
        network.swallow(answers);
    }

    /** How many answers have been swallowed so far. */
    public int swallowedAnswers() {
        return network.swallowed();
    }

    /** Ends all faults. What was frozen passes on. */
    public void heal() {
        refuses = false;
        network.heal();
    }

    /** Resets all connections and takes no more. */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } finally {
            cut();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                serve(listener.accept());
            } catch (IOException closedOrNoServer) {
                // closed: the loop ends; no server: the client has been reset and sees it
            }
        }
    }

    private void serve(Socket client) throws IOException {
        if (refuses) {
            ProxiedConnection.reset(client);
            return;
        }
        Socket toServer = new Socket();
        try {
            toServer.connect(server);
        } catch (IOException noServer) {
            ProxiedConnection.reset(client);
            toServer.close();
            throw noServer;
        }
        ProxiedConnection connection = new ProxiedConnection(client, toServer, network);
        connections.add(connection);
        daemon(() -> connection.passQuestions(), "fault-proxy-questions");
        daemon(
                () -> {
                    connection.passAnswers();
                    connections.remove(connection);
                },
                "fault-proxy-answers");
        if (listener.isClosed()) {
            connection.reset();
        }
    }

    private static void daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
