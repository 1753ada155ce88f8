package dev.ringshard.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.testcontainers.DockerClientFactory;

/** Which PostgreSQL the tests run on, as wished for by a system property; see {@link PostgresServer}. */
record PostgresChoice(String wish) {

    static final String PROPERTY = "ringshard.postgres";

    static PostgresChoice bySystemProperty() {
        return new PostgresChoice(System.getProperty(PROPERTY, ""));
    }

    /** Starts or finds the server, and says on standard error which it is. */
    PostgresServer open() {
        if (wish.startsWith("jdbc:postgresql:")) {
            return announced(new GivenServer(wish), "the server given by " + PROPERTY);
        }
        return switch (wish) {
            case "embedded" -> embedded();
            case "testcontainers" -> container();
            case "" -> whatever();
            default ->
                throw new IllegalArgumentException("The system property " + PROPERTY + " is '" + wish
                        + "'. Allowed: a URL that begins with jdbc:postgresql:, testcontainers, embedded, or not set.");
        };
    }

    private static PostgresServer whatever() {
        List<Exception> tried = new ArrayList<>();
        List<Supplier<PostgresServer>> ways = DockerClientFactory.instance().isDockerAvailable()
                ? List.of(PostgresChoice::container, PostgresChoice::embedded)
                : List.of(PostgresChoice::embedded);
        for (Supplier<PostgresServer> way : ways) {
            try {
                return way.get();
            } catch (RuntimeException e) {
                System.err.println("No PostgreSQL for tests that way: " + e.getMessage());
                tried.add(e);
            }
        }
        IllegalStateException failure = new IllegalStateException("Tests found no PostgreSQL. Tried: "
                + (ways.size() == 1 ? "no container engine answered, and " : "")
                + String.join("; ", tried.stream().map(Exception::getMessage).toList())
                + ". Start a container engine, or name a server by -D" + PROPERTY
                + "=jdbc:postgresql://HOST/DATABASE?user=USER&password=PASSWORD.");
        tried.forEach(failure::addSuppressed);
        throw failure;
    }

    private static PostgresServer embedded() {
        return announced(PostgresServer.start(false), "embedded binaries");
    }

    private static PostgresServer container() {
        ContainerServer server = ContainerServer.start();
        return announced(server, "Testcontainers, image " + server.image());
    }

    private static PostgresServer announced(PostgresServer server, String from) {
        System.err.println("Tests run on PostgreSQL " + server.version() + " (" + from + ").");
        return server;
    }
}
