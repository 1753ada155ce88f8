package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The diff in the page about the example leads to what stands there. */
class ExamplePageTest {
    private static final List<String> DIFFS =
            Document.read(Path.of("src/docs/example.md")).blocks("```diff", "```");

    @Test
    void what_the_diffs_add_stands_in_the_example() {
        String sources = Stream.of("resources/application.yaml", "java/shop/Shop.java")
                .map(file -> Document.read(Path.of("src/example", file)).text())
                .collect(Collectors.joining("\n"));

        assertThat(lines("+")).hasSizeGreaterThan(10).allSatisfy(line -> assertThat(sources.lines())
                .contains(line));
    }

    @Test
    void what_the_diffs_take_away_does_not() {
        String service =
                Document.read(Path.of("src/example/java/shop/Shop.java")).text();

        assertThat(lines("-")).hasSize(4).allSatisfy(line -> assertThat(service.lines())
                .doesNotContain(line));
    }

    private static List<String> lines(String sign) {
        return DIFFS.stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith(sign))
                .map(line -> line.substring(1))
                .toList();
    }
}
