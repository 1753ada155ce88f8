package dev.ringshard.internal.serve;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.ConfigurationException;
import dev.ringshard.internal.metrics.PrometheusPage;
import dev.ringshard.internal.watch.ClusterWatch;
import dev.ringshard.metrics.RingshardMetrics;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a cluster over HTTP, and changes nothing: {@code /} is a page, {@code /status.json} what it shows,
 * {@code /metrics} the figures for Prometheus, {@code /health} and {@code /health/SHARD} 200 or 503. There is no
 * password: a client that reaches the address may read, so it is meant for loopback, or for a network that is trusted.
 *
 * <p>What is shown is at most about a second old, and asking costs no shard anything. Thread-safe.
 */
public final class ClusterServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ClusterServer.class);
    private static final int THREADS = 4;
    private static final int BACKLOG = 64;
    private static final Duration SCRAPES = Duration.ofSeconds(1);
    private static final String HEALTH_OF = "/health/";

    private final ClusterWatch watch;
    private final Poller poller;
    private final PrometheusPage prometheus;
    private final Resources resources = new Resources();
    private final ExecutorService executor = Executors.newFixedThreadPool(THREADS, ClusterServer::daemon);
    private final HttpServer server;
    private final boolean isLoopback;
    private @Nullable HttpResponse scraped;
    private long scrapedAt;

    private ClusterServer(HttpServer server, ClusterWatch watch, Poller poller) {
        this.server = server;
        this.isLoopback = server.getAddress().getAddress().isLoopbackAddress();
        this.watch = watch;
        this.poller = poller;
        this.prometheus = new PrometheusPage(
                RingshardMetrics.of(watch, () -> poller.latest().cluster()));
        server.setExecutor(executor);
        server.createContext("/", this::handle);
        server.start();
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "ringshard-serve");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Begins to serve. Shards that do not answer keep it from nothing.
     *
     * @param config the cluster's configuration; when the file changes, it is followed
     * @param address where to listen; port 0 for any that is free
     * @param commands gives a command, such as {@code plan}, as it can be run here
     * @param messageAmounts what a message between keys carries, by its payload, for each topic for which that is added up
     * @throws ConfigurationException if the configuration cannot be used
     * @throws IOException if nothing can listen there
     */
    public static ClusterServer start(
            Path config,
            InetSocketAddress address,
            UnaryOperator<String> commands,
            Map<String, Function<String, BigDecimal>> messageAmounts)
            throws IOException, InterruptedException {
        FollowedConfig followed = new FollowedConfig(config);
        boundClients();
        HttpServer server = HttpServer.create(address, BACKLOG);
        try {
            return start(followed, server, commands, messageAmounts);
        } catch (RuntimeException | InterruptedException failure) {
            server.stop(0);
            throw failure;
        }
    }

    private static ClusterServer start(
            FollowedConfig config,
            HttpServer server,
            UnaryOperator<String> commands,
            Map<String, Function<String, BigDecimal>> messageAmounts)
            throws InterruptedException {
        RingshardConfig first = config.current();
        ClusterWatch watch = ClusterWatch.open(first, messageAmounts);
        try {
            return new ClusterServer(server, watch, Poller.start(config, watch, commands));
        } catch (RuntimeException | InterruptedException failure) {
            watch.close();
            throw failure;
        }
    }

    /** The JDK's server lets a client send and read as slowly as it likes, unless it is told. Read once in a process. */
    private static void boundClients() {
        setIfAbsent("sun.net.httpserver.maxReqTime", "10");
        setIfAbsent("sun.net.httpserver.maxRspTime", "20");
        setIfAbsent("jdk.httpserver.maxConnections", "200");
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            HttpResponse answer = answer(exchange);
            headers(exchange.getResponseHeaders(), answer);
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(answer.code(), head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private HttpResponse answer(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        if (!isMeantForUs(exchange.getRequestHeaders().getFirst("Host"))) {
            return HttpResponse.text(403, "This server answers on this machine only, as localhost or 127.0.0.1.");
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return HttpResponse.text(405, "This server only shows; it takes GET and HEAD.");
        }
        try {
            return answer(exchange.getRequestURI().getPath());
        } catch (RuntimeException failure) {
            log.warn("A question could not be answered", failure);
            return HttpResponse.text(500, "That failed; the log of the server says why. Nothing was changed.");
        }
    }

    /** A page of another site could have its own name point here, and read along in a visitor's browser. */
    private boolean isMeantForUs(@Nullable String host) {
        if (!isLoopback || host == null) {
            return true;
        }
        String name = host.replaceFirst(":\\d+$", "");
        return name.equalsIgnoreCase("localhost") || name.startsWith("127.") || name.equals("[::1]");
    }

    private HttpResponse answer(@Nullable String path) {
        String asked = path == null ? "" : path;
        return switch (asked) {
            case "/status.json" ->
                HttpResponse.ok(HttpResponse.JSON, poller.latest().status());
            case "/health" -> new Health(poller.latest()).ofAll();
            case "/metrics" -> metrics();
            default ->
                asked.startsWith(HEALTH_OF)
                        ? new Health(poller.latest()).of(asked.substring(HEALTH_OF.length()))
                        : resources.find(asked).orElseGet(ClusterServer::nothingThere);
        };
    }

    private static HttpResponse nothingThere() {
        return HttpResponse.text(
                404, "There is nothing here. There are /, /status.json, /metrics, /health and /health/SHARD.");
    }

    /** However many scrape, the figures are written once a second. */
    private synchronized HttpResponse metrics() {
        if (scraped == null || System.nanoTime() - scrapedAt > SCRAPES.toNanos()) {
            scraped = HttpResponse.ok(PrometheusPage.CONTENT_TYPE, prometheus.text());
            scrapedAt = System.nanoTime();
        }
        return scraped;
    }

    private static void headers(Headers headers, HttpResponse answer) {
        headers.set("Content-Type", answer.contentType());
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri"
                        + " 'none'; form-action 'none'; frame-ancestors 'none'");
    }

    /** Whether it is reached from this machine only. */
    public boolean isLocal() {
        return isLoopback;
    }

    /** Stops listening and looking. */
    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
        poller.close();
        prometheus.close();
        watch.close();
    }
}
