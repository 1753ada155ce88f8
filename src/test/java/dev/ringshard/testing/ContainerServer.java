package dev.ringshard.testing;

import static java.util.concurrent.TimeUnit.MINUTES;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** A server in a container, of the image that {@code docker-compose.yml} uses unless a system property names another. */
final class ContainerServer extends PostgresServer {

    static final String IMAGE_PROPERTY = "ringshard.postgres.image";
    static final String DEFAULT_IMAGE = "postgres:18.6";

    private final String image;
    private final PostgreSQLContainer container;

    private ContainerServer(String image, PostgreSQLContainer container) {
        this.image = image;
        this.container = container;
    }

    static ContainerServer start() {
        String image = System.getProperty(IMAGE_PROPERTY, DEFAULT_IMAGE);
        PostgreSQLContainer container =
                new PostgreSQLContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"));
        container.setCommand(
                "postgres",
                "-c",
                "max_connections=" + MAX_CONNECTIONS,
                "-c",
                "fsync=off",
                "-c",
                "synchronous_commit=off",
                "-c",
                "full_page_writes=off",
                "-c",
                "autovacuum=off", // as on the embedded server: hundreds of small databases would keep it busy
                "-c",
                "max_wal_size=128MB");
        // As on the embedded server: in memory, and no processor time for a password at each of thousands of logins.
        container.withTmpFs(Map.of("/var/lib/postgresql", "rw"));
        container.withEnv("POSTGRES_HOST_AUTH_METHOD", "trust");
        try {
            pullUnlessThere(image);
            container.start();
        } catch (RuntimeException e) {
            container.stop();
            throw new IllegalStateException("a container of " + image + " did not start: " + e.getMessage(), e);
        }
        return new ContainerServer(image, container);
    }

    /** Asks once: Testcontainers itself goes on asking for minutes where no image registry can be reached. */
    private static void pullUnlessThere(String image) {
        DockerClient engine = DockerClientFactory.instance().client();
        try {
            engine.inspectImageCmd(image).exec();
        } catch (NotFoundException absent) {
            try {
                engine.pullImageCmd(image).start().awaitCompletion(3, MINUTES);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the image was pulled", e);
            }
        }
    }

    String image() {
        return image;
    }

    @Override
    TestDatabase database(String name) {
        String url = "jdbc:postgresql://" + container.getHost() + ":" + container.getFirstMappedPort() + "/" + name;
        return new TestDatabase(url, container.getUsername(), container.getPassword());
    }

    @Override
    public void close() {
        container.stop();
    }
}
