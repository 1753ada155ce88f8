package dev.ringshard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A document of the project, and what tests ask it.
 *
 * @param file from the root of the project
 */
public record Document(Path file, String text) {
    private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

    /** The walk from one database to many and back. */
    public static final Document ADOPTING = read(Path.of("src/docs/adopting.md"));

    static final Document README = read(Path.of("README.md"));
    static final Document OPERATIONS = read(Path.of("src/docs/operations.md"));
    static final Document REFERENCE = read(Path.of("src/docs/reference.md"));

    static Document read(Path file) {
        try {
            return new Document(file, Files.readString(file));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** All pages of the project that are written by hand. */
    static List<Document> all() {
        return Stream.of(Path.of(""), Path.of("src/docs"), Path.of("src/model"))
                .flatMap(folder -> files(folder, 1))
                .filter(file -> file.toString().endsWith(".md"))
                .sorted()
                .map(Document::read)
                .toList();
    }

    /** The files below a folder. */
    static Stream<Path> files(Path folder, int depth) {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(Files::isRegularFile).toList().stream();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What stands between two marks, such as the lines of a language, in the order of the page. */
    public List<String> blocks(String begin, String end) {
        return Pattern.compile(Pattern.quote(begin) + "\n(.*?)" + Pattern.quote(end), Pattern.DOTALL)
                .matcher(text)
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    /** What is set as code within its sentences and tables. */
    List<String> codes() {
        return CODE.matcher(prose()).results().map(code -> code.group(1)).toList();
    }

    /** Where its links and pictures lead. */
    List<String> links() {
        return LINK.matcher(prose()).results().map(link -> link.group(1)).toList();
    }

    /** Its headings, as a link names them. */
    Set<String> anchors() {
        return HEADING.matcher(prose())
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private String prose() {
        return FENCED.matcher(text).replaceAll("");
    }
}
