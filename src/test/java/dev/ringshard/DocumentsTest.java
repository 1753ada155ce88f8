package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.RingshardConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the documents name is there. Does not show that what they say of it is true: that {@link ReadmeTest} shows of the
 * README's examples, and whoever changes the code has to see to the rest.
 */
class DocumentsTest {
    private static final Pattern TYPE =
            Pattern.compile("(?<![\\w@-])(?<!-XX:\\+?)[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+");
    private static final Pattern MEMBER = Pattern.compile("(?<![\\w.-])[A-Z][a-z]\\w*\\.[a-z]\\w+");
    private static final Pattern PLACE = Pattern.compile("(?:src|migrations|\\.ci)/[\\w./-]*\\w");
    private static final Pattern METER = Pattern.compile("ringshard(?:\\.[a-z]+)+");
    private static final Pattern KEY = Pattern.compile("(?m)^\\| `([a-z\\[\\].-]+)` \\|");
    private static final Pattern COMMAND = Pattern.compile("@Command\\(\\s*name = \"(\\w+)\"");
    private static final Pattern JSON_KEY = Pattern.compile("(?:\\.with\\(|new TextReport\\()\\s*\"(\\w+)\"");
    private static final Pattern ALLOWED = Pattern.compile("\\.allow\\(([^)]*)\\)");

    /** Types of the JDK, of jOOQ and of Spring; and one to put another in its place. */
    private static final Set<String> OF_OTHERS = Set.of(
            "BigDecimal",
            "ConcurrencyFailureException",
            "DataSource",
            "DataAccessException",
            "JdbcTemplate",
            "JpaTransactionManager",
            "NullPointerException",
            "ShardingKeyDataSourceAdapter",
            "SomeTest");

    @Test
    void every_link_leads_to_something() {
        assertThat(Document.all()).hasSizeGreaterThan(8);
        assertThat(missing(Document::links, DocumentsTest::leadsToSomething)).isEmpty();
    }

    private static boolean leadsToSomething(Document document, String link) {
        if (link.startsWith("http")) {
            return true;
        }
        String[] parts = link.split("#", 2);
        Path file = parts[0].isEmpty()
                ? document.file()
                : document.file().toAbsolutePath().resolveSibling(parts[0]);
        return Files.exists(file)
                && (parts.length == 1 || Document.read(file).anchors().contains(parts[1]));
    }

    @Test
    void every_class_that_a_document_names_is_there() {
        Map<String, String> sources = sourceByType();
        String models = Document.files(Path.of("src/model"), 1)
                .filter(file -> file.toString().endsWith(".pml"))
                .map(file -> Document.read(file).text())
                .collect(Collectors.joining());
        assertThat(models).contains("proctype Mover(");
        String all = String.join("\n", sources.values()) + models;

        assertThat(missing(
                        document -> matches(TYPE, String.join("\n", document.codes())),
                        (document, type) -> OF_OTHERS.contains(type)
                                || sources.containsKey(type)
                                || Pattern.compile("(record|proctype) " + type + "\\(")
                                        .matcher(all)
                                        .find()))
                .isEmpty();
    }

    @Test
    void every_method_that_a_document_names_with_its_class_is_there() {
        Map<String, String> sources = sourceByType();

        assertThat(missing(document -> matches(MEMBER, String.join("\n", document.codes())), (document, member) -> {
                    int dot = member.indexOf('.');
                    String source = sources.getOrDefault(member.substring(0, dot), "");
                    return Pattern.compile("\\b" + member.substring(dot + 1) + "\\b")
                            .matcher(source)
                            .find();
                }))
                .isEmpty();
    }

    private static Map<String, String> sourceByType() {
        return Stream.of("src/main/java", "src/test/java", "src/jmh/java")
                .flatMap(root -> Document.files(Path.of(root), Integer.MAX_VALUE))
                .filter(file -> !file.endsWith("package-info.java"))
                .collect(Collectors.toMap(
                        DocumentsTest::type, file -> Document.read(file).text(), String::concat));
    }

    @Test
    void every_file_that_a_document_names_is_there() {
        assertThat(missing(
                        document -> matches(PLACE, document.text()),
                        (document, place) -> Files.exists(Path.of(place))
                                || Files.exists(document.file().toAbsolutePath().resolveSibling(place))))
                .isEmpty();
    }

    /** What documents name and is not there, each behind its document. */
    private static List<String> missing(Function<Document, List<String>> named, BiPredicate<Document, String> isThere) {
        return Document.all().stream()
                .flatMap(document -> named.apply(document).stream()
                        .filter(name -> !isThere.test(document, name))
                        .map(name -> document.file() + ": " + name))
                .toList();
    }

    private static String type(Path file) {
        return file.getFileName().toString().replaceFirst("\\.java$", "");
    }

    @Test
    void the_meters_in_the_reference_are_those_that_there_are() {
        String names = Document.read(Path.of("src/main/java/dev/ringshard/metrics/Names.java"))
                .text();
        Set<String> meters = Pattern.compile("\"(ringshard[.a-z]+)\"")
                .matcher(names)
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toSet());

        assertThat(meters).hasSizeGreaterThan(10);
        assertThat(section(Document.REFERENCE, "Meters"))
                .satisfies(section ->
                        assertThat(Set.copyOf(matches(METER, section))).isEqualTo(meters));
    }

    @Test
    void the_failures_in_the_reference_are_those_that_there_are() {
        List<String> failures = Document.files(Path.of("src/main/java"), Integer.MAX_VALUE)
                .map(DocumentsTest::type)
                .filter(name -> name.endsWith("Exception") && !name.equals("CommandException"))
                .toList();

        assertThat(failures).hasSizeGreaterThan(10);
        assertThat(section(Document.REFERENCE, "Failures")).contains(failures);
    }

    /** By their last part: how keys nest, the tests of the configuration show. */
    @Test
    void the_keys_in_the_reference_are_those_that_there_are() {
        Set<String> documented = KEY.matcher(section(Document.REFERENCE, "Configuration"))
                .results()
                .map(key -> key.group(1).replaceFirst(".*\\.", "").replace("[]", ""))
                .collect(Collectors.toSet());
        Set<String> read = ALLOWED.matcher(sources("src/main/java/dev/ringshard/config"))
                .results()
                .flatMap(call -> matches(Pattern.compile("(?<=\")[a-z-]+(?=\")"), call.group(1)).stream())
                .collect(Collectors.toSet());
        read.removeAll(Set.of("ring", "shards", "tables", "sharded")); // which only hold others

        assertThat(read).hasSizeGreaterThan(15).isEqualTo(documented);
    }

    @Test
    void every_command_is_in_the_reference() {
        List<String> commands = COMMAND.matcher(sources("src/main/java/dev/ringshard/cli"))
                .results()
                .map(command -> command.group(1))
                .filter(command -> !command.equals("ringshard"))
                .toList();
        String codes = String.join("\n", Document.REFERENCE.codes());

        assertThat(commands).hasSizeGreaterThan(15);
        assertThat(matches(Pattern.compile("\\b[a-z]+\\b"), codes)).containsAll(commands);
    }

    @Test
    void the_keys_of_json_in_the_reference_are_those_that_there_are() {
        Set<String> written = JSON_KEY.matcher(sources("src/main/java/dev/ringshard/cli"))
                .results()
                .map(key -> key.group(1))
                .collect(Collectors.toSet());
        String documented =
                Document.REFERENCE.blocks("```text", "```").get(0).replaceAll("(?m)^[a-z][a-z -]*[,{]?", "");

        assertThat(written).hasSizeGreaterThan(100);
        assertThat(matches(Pattern.compile("\\w+"), documented))
                .containsAll(written)
                .isSubsetOf(written);
    }

    @Test
    void the_walk_on_postgresql_is_done_with_configurations() {
        List<String> blocks = Document.OPERATIONS.blocks("YAML'", "YAML\n");

        assertThat(blocks).hasSize(3);
        assertThat(RingshardConfig.parse(blocks.get(0), Map.of()).shards()).hasSize(2);
        assertThat(RingshardConfig.parse(blocks.get(1), Map.of()).shards()).hasSize(3);
        assertThat(RingshardConfig.parse(blocks.get(1) + blocks.get(2), Map.of())
                        .shards())
                .as("with what is added later")
                .hasSize(4);
    }

    private static String section(Document document, String heading) {
        String after = document.text().split("(?m)^## " + heading + "$", 2)[1];
        return after.split("(?m)^## ", 2)[0];
    }

    private static String sources(String root) {
        return Document.files(Path.of(root), Integer.MAX_VALUE)
                .map(file -> Document.read(file).text())
                .collect(Collectors.joining("\n"));
    }

    private static List<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(MatchResult::group).toList();
    }
}
