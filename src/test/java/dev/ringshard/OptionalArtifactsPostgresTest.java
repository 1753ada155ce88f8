package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestDatabase;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * What an application inherits from Ringshard is all that it needs, but for what it is told to add.
 *
 * <p>Not shown: that all of the library does without the rest. Each of the two applications goes the way of one that
 * writes, reads and moves rows.
 */
class OptionalArtifactsPostgresTest {
    private static final Set<String> INHERITED =
            Set.of("slf4j-api", "jspecify", "HikariCP", "jooq", "hash4j", "HdrHistogram");
    private static final Set<String> OF_JOOQ = Set.of("r2dbc-spi", "reactive-streams");

    @Test
    void an_application_inherits_no_more_than_every_application_needs() throws Exception {
        Document pom = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("pom.xml").toFile());
        Element dependencies =
                children(pom.getDocumentElement(), "dependencies").get(0);

        Set<String> inherited = children(dependencies, "dependency").stream()
                .filter(dependency -> text(dependency, "optional").isEmpty())
                .filter(dependency -> text(dependency, "scope").isEmpty())
                .map(dependency -> text(dependency, "artifactId"))
                .collect(Collectors.toSet());

        assertThat(inherited).isEqualTo(INHERITED);
    }

    @Test
    @Tag("ci")
    void an_application_on_postgresql_needs_its_driver_and_is_told_what_else_needs(@TempDir Path directory)
            throws Exception {
        TestDatabase first = PostgresServer.shared().createDatabase();
        TestDatabase second = PostgresServer.shared().createDatabase();
        Ringshard.init(LeanApplication.cluster(first.user(), first.password(), first.url(), second.url()));

        assertThat(run(
                        directory,
                        Set.of("postgresql"),
                        "postgres",
                        first.user(),
                        first.password(),
                        first.url(),
                        second.url()))
                .containsExactly(
                        "PostgreSQL: 60.00 on 1 shard, moved true, sound true",
                        "H2: " + missing("com.h2database:h2 is missing: shards on H2 are reached by it."),
                        "YAML: "
                                + missing(
                                        "com.fasterxml.jackson.dataformat:jackson-dataformat-yaml is missing: a"
                                                + " configuration in YAML is read by it; one that is built in code needs none."),
                        "init: "
                                + missing(
                                        "org.flywaydb:flyway-core is missing: init, and whatever lets a shard join,"
                                                + " makes the tables by it.",
                                        "org.flywaydb:flyway-database-postgresql is missing: Flyway makes tables on"
                                                + " PostgreSQL by it."));
    }

    @Test
    @Tag("ci")
    void an_application_on_h2_needs_h2_and_flyways_core_and_is_told_what_postgresql_needs(@TempDir Path directory)
            throws Exception {
        String driver = "org.postgresql:postgresql is missing: shards on PostgreSQL are reached by it.";
        String url = "jdbc:postgresql://localhost/";
        assertThat(run(directory, Set.of("h2", "flyway-core"), "h2", "nobody", "", url + "first", url + "second"))
                .containsExactly(
                        "H2: 60.00 on 1 shard, moved true, sound true",
                        "PostgreSQL: " + missing(driver),
                        "init: "
                                + missing(
                                        driver,
                                        "org.flywaydb:flyway-database-postgresql is missing: Flyway makes tables on"
                                                + " PostgreSQL by it."));
    }

    @Test
    @Tag("ci")
    void an_application_of_spring_boot_needs_neither_web_nor_actuator_nor_meters(@TempDir Path directory)
            throws Exception {
        assertThat(run(
                        directory,
                        LeanSpringApplication.class,
                        Set.of(
                                "h2",
                                "flyway-core",
                                "spring-boot",
                                "spring-boot-autoconfigure",
                                "spring-core",
                                "spring-jcl",
                                "spring-beans",
                                "spring-context",
                                "spring-aop",
                                "spring-expression",
                                "spring-jdbc",
                                "spring-tx",
                                "micrometer-observation",
                                "micrometer-commons")))
                .contains("read: 1");
    }

    private static String missing(String... artifacts) {
        String problems = Arrays.stream(artifacts)
                .map(artifact -> " - " + artifact + " Add it to the application's dependencies.")
                .collect(Collectors.joining());
        return "class path: %d problem%s. Nothing was opened or written.%s"
                .formatted(artifacts.length, artifacts.length == 1 ? "" : "s", problems);
    }

    /** Runs an application with what it inherits and these artifacts; what it printed, line by line. */
    private static List<String> run(Path directory, Set<String> added, String... arguments) throws Exception {
        return run(directory, LeanApplication.class, added, arguments);
    }

    private static List<String> run(Path directory, Class<?> application, Set<String> added, String... arguments)
            throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", classPath(added), application.getName()));
        command.addAll(List.of(arguments));
        Path complaints = directory.resolve("complaints");
        Process process =
                new ProcessBuilder(command).redirectError(complaints.toFile()).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(Files.readString(complaints)).isZero();
        return printed.lines().toList();
    }

    private static String classPath(Set<String> added) {
        Set<String> artifacts =
                Stream.of(INHERITED, OF_JOOQ, added).flatMap(Set::stream).collect(Collectors.toSet());
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.endsWith(".jar") || artifacts.contains(artifact(entry)))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** What stands before the version in a jar's name. */
    private static String artifact(String jar) {
        return Path.of(jar).getFileName().toString().replaceFirst("-\\d[^-]*(-SNAPSHOT)?\\.jar$", "");
    }

    private static List<Element> children(Element parent, String name) {
        NodeList nodes = parent.getChildNodes();
        return IntStream.range(0, nodes.getLength())
                .mapToObj(nodes::item)
                .filter(node -> node.getNodeName().equals(name))
                .map(Element.class::cast)
                .toList();
    }

    private static String text(Element parent, String name) {
        return children(parent, name).stream().map(Element::getTextContent).collect(Collectors.joining());
    }
}
