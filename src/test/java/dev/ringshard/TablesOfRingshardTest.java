package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * All SQL of a table of Ringshard's own is in one class, which is named for it. Read from the source: texts that name the table with
 * its schema, and the constants that are generated for it. It does not show SQL that is put together from parts of names.
 */
class TablesOfRingshardTest {
    private static final Path SOURCE = Path.of("src/main/java/dev/ringshard");
    private static final Pattern CREATED = Pattern.compile("CREATE TABLE ringshard\\.(\\w+)");

    /** Where a table is named beside its own class, and why: {@code internal/ownership/package-info}. */
    private static final Map<String, Set<String>> EXCEPTIONS = Map.of(
            "owned_range", Set.of("HeldRanges", "KnownRanges"),
            "incoming_range", Set.of("HeldRanges", "KnownRanges"),
            "departed_range", Set.of("HeldRanges", "KnownRanges"),
            "handover", Set.of("HeldRanges", "KnownRanges"),
            "handover_history", Set.of("HeldRanges", "KnownRanges"),
            "membership", Set.of("HeldRanges", "KnownRanges"),
            "sharded_table", Set.of("PostgresFencing"),
            "outbox",
                    Set.of(
                            "OutboxSql",
                            "OutboxReading",
                            "RingshardConfig"), // which declares it, as a table whose rows move
            "inbox", Set.of("OutboxSql", "RingshardConfig"));

    /**
     * H2 2.4.240, which Spring Boot 4 brings, finds such a condition invalid once the session that made it is closed, and one of OR alike;
     * PostgreSQL prints it otherwise after a dump was read.
     */
    @Test
    void no_condition_of_ours_is_a_list() throws IOException {
        for (Path script :
                Document.files(Path.of("migrations"), Integer.MAX_VALUE).toList()) {
            assertThat(Files.readString(script)).doesNotContainPattern("CHECK \\([^,;]* IN \\(");
        }
    }

    @Test
    void each_table_is_named_in_its_own_class_alone() throws IOException {
        Map<String, Set<String>> allowed = new TreeMap<>();
        Matcher created = CREATED.matcher(Files.readString(Path.of("migrations/ringshard/common/V1__ownership.sql")));
        while (created.find()) {
            String table = created.group(1);
            Set<String> classes = new TreeSet<>(EXCEPTIONS.getOrDefault(table, Set.of()));
            classes.add(ownClass(table));
            allowed.put(table, classes);
        }

        Map<String, Set<String>> found = new TreeMap<>();
        for (Path file : Document.files(SOURCE, Integer.MAX_VALUE).toList()) {
            String source = Files.readString(file);
            String name = file.getFileName().toString().replace(".java", "");
            String texts = Literals.of(source);
            for (String table : allowed.keySet()) {
                if (names(table, source, texts)) {
                    found.computeIfAbsent(table, none -> new TreeSet<>()).add(name);
                }
            }
        }

        assertThat(allowed).hasSizeGreaterThan(15);
        assertThat(found).isEqualTo(allowed);
    }

    private static boolean names(String table, String source, String texts) {
        return Pattern.compile("\\bringshard\\." + table + "\\b(?!\\.)")
                        .matcher(texts)
                        .find()
                || (texts.contains("ringshard.%s") && texts.contains("\n" + table + "\n"))
                || source.contains("generated.ringshard.Tables." + table.toUpperCase(Locale.ROOT) + ";");
    }

    private static String ownClass(String table) {
        return Stream.of(table.split("_"))
                        .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
                        .collect(Collectors.joining())
                + "Table";
    }
}
