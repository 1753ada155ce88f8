package dev.ringshard.internal.serve;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A cluster whose configuration is a file, and a server that shows it. The server knows of the cluster what that file and
 * the databases tell, and nothing else.
 */
final class ServedCluster implements AutoCloseable {
    /** The tables, as lines of a configuration. */
    static final String PARCELS = Parcels.YAML + "\n";

    private final Path file;
    private final List<String> shards = new ArrayList<>();
    private final String tables;
    private final ClusterServer server;
    private final HttpClient http = HttpClient.newHttpClient();

    private ServedCluster(Path directory, List<String> shards, String tables) throws IOException, InterruptedException {
        this.file = directory.resolve("cluster.yaml");
        this.shards.addAll(shards);
        this.tables = tables;
        write();
        this.server = ClusterServer.start(
                file,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                command -> "ringshard " + command + " --config cluster.yaml",
                Map.of("weighed", payload -> new BigDecimal(payload)));
    }

    /** Initialises a cluster of so many fresh shards, with so many parcels, and begins to serve. */
    static ServedCluster of(Path directory, DatabaseKind kind, int shards, int parcels)
            throws IOException, InterruptedException {
        List<String> lines = lines(TestCluster.foundedDatabases(
                Collections.nCopies(shards, kind),
                fresh -> RingshardConfig.parse(yaml(lines(fresh)) + PARCELS, Map.of())));
        return filled(directory, lines, parcels);
    }

    private static List<String> lines(List<TestDatabase> shards) {
        return IntStream.rangeClosed(1, shards.size())
                .mapToObj(i -> shards.get(i - 1).yaml("eu-" + i))
                .toList();
    }

    /** As {@link #of(Path, DatabaseKind, int, int)}, of the shards that these lines of a configuration name. */
    static ServedCluster of(Path directory, List<String> lines, int parcels) throws IOException, InterruptedException {
        Ringshard.init(RingshardConfig.parse(yaml(lines) + PARCELS, Map.of()));
        return filled(directory, lines, parcels);
    }

    private static ServedCluster filled(Path directory, List<String> lines, int parcels)
            throws IOException, InterruptedException {
        RingshardConfig config = RingshardConfig.parse(yaml(lines) + PARCELS, Map.of());
        try (Ringshard ringshard = Ringshard.open(config)) {
            new Parcels(ringshard)
                    .createAll(IntStream.range(0, parcels)
                            .mapToObj(i -> Parcel.of("p-" + i, "100.00"))
                            .toList());
        }
        return asIs(directory, lines);
    }

    /** Serves the parcels of whatever these lines of a configuration say, and initialises nothing. */
    static ServedCluster asIs(Path directory, List<String> lines) throws IOException, InterruptedException {
        return asIs(directory, lines, PARCELS);
    }

    /**
     * As {@link #asIs(Path, List)}, of other tables.
     *
     * @param tables lines of a configuration
     */
    static ServedCluster asIs(Path directory, List<String> lines, String tables)
            throws IOException, InterruptedException {
        return new ServedCluster(directory, lines, tables);
    }

    static String yaml(List<String> lines) {
        return "cluster: parcels\npool: { connection-timeout: 1s }\nshards:\n" + String.join("\n", lines) + "\n";
    }

    private void write() throws IOException {
        Files.writeString(file, yaml(shards) + tables);
    }

    /** Puts one more shard into the file, as an operator does. */
    void configure(String line) throws IOException {
        shards.add(line);
        write();
    }

    Path file() {
        return file;
    }

    /** As another process would open it. */
    Ringshard openElsewhere() {
        return Ringshard.open(RingshardConfig.load(file));
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    }

    ClusterServer server() {
        return server;
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send("GET", path);
    }

    HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(10))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        server.close();
    }
}
