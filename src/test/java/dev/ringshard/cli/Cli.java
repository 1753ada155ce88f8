package dev.ringshard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.testing.H2Database;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The command line inside the test's process: a directory with files, and what each command printed. */
public record Cli(Path directory) {

    /** What a command ended with and printed. */
    public record Result(int exitCode, String out, String err) {
        /** What it printed on stdout, as JSON. */
        public JsonNode json() throws IOException {
            return new ObjectMapper().readTree(out);
        }
    }

    /** A cluster of so many fresh shards, configured in {@code bank.yaml} and not initialised. */
    public static Cli withShards(Path directory, int shards) throws IOException {
        return configured(
                directory, Stream.generate(H2Database::inMemory).limit(shards).toList());
    }

    /** As {@link #withShards}, and initialised. */
    public static Cli founded(Path directory, int shards) throws IOException {
        return configured(
                directory,
                TestCluster.foundedDatabases(
                        Collections.nCopies(shards, DatabaseKind.H2),
                        databases -> RingshardConfig.parse(yaml(databases), Map.of())));
    }

    private static Cli configured(Path directory, List<TestDatabase> shards) throws IOException {
        Cli cli = new Cli(directory);
        cli.file("bank.yaml", yaml(shards));
        return cli;
    }

    private static String yaml(List<TestDatabase> shards) {
        List<String> lines = new ArrayList<>(List.of("cluster: bank", "shards:"));
        for (TestDatabase shard : shards) {
            lines.add("  - { name: eu-%d, url: \"%s\", user: %s }"
                    .formatted(lines.size() - 1, shard.url(), shard.user()));
        }
        return String.join("\n", lines);
    }

    /** Writes a file, and returns its whole name. */
    public String file(String name, String content) throws IOException {
        return Files.write(directory.resolve(name), content.getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    /** Runs a command on the configured cluster. */
    public Result run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--config", directory.resolve("bank.yaml").toString()));
        return bare(all.toArray(String[]::new));
    }

    /** Runs exactly this. */
    public static Result bare(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(
                new PrintWriter(out, true, StandardCharsets.UTF_8),
                new PrintWriter(err),
                out,
                ScreenStyle.PLAIN,
                false,
                "ringshard",
                System::nanoTime);
        int exitCode = Main.run(terminal, arguments);
        return new Result(exitCode, text(out.toString(StandardCharsets.UTF_8)), withoutElapsed(text(err.toString())));
    }

    /** How often a command says for how long it has worked depends on the machine. */
    private static String withoutElapsed(String printed) {
        return printed.replaceAll("(?m)^[^:\n]+: [^\n]* so far\n", "");
    }

    private static String text(String printed) {
        return printed.replace(System.lineSeparator(), "\n");
    }

    /** The names in a JSON object, in their order. */
    public static List<String> keys(JsonNode object) {
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }
}
