package dev.ringshard;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The texts in a source. */
final class Literals {
    /** Comments, which count for nothing; and literals, which do. */
    private static final Pattern TEXT = Pattern.compile(
            "//[^\\n]*|/\\*.*?\\*/|\"\"\"(?<block>.*?)\"\"\"|\"(?<line>(?:[^\"\\\\\\n]|\\\\.)*)\"|'(?:\\\\.|[^'\\\\])+'",
            Pattern.DOTALL);

    private Literals() {}

    /** All literals of a source, each in lines of its own. */
    static String of(String source) {
        return TEXT.matcher(source)
                .results()
                .map(match -> Stream.of(match.group(1), match.group(2))
                        .map(part -> part == null ? "" : part)
                        .collect(Collectors.joining()))
                .collect(Collectors.joining("\n", "\n", "\n"));
    }

    /** A source without its literals and comments. */
    static String without(String source) {
        return TEXT.matcher(source).replaceAll("");
    }
}
