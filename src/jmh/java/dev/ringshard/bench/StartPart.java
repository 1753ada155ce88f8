package dev.ringshard.bench;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.Main;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How long commands take that ask four shards, as processes of their own, beside {@code psql}. */
final class StartPart {
    private static final int ROUNDS = 7;
    private static final Path JAR = Path.of("target", "ringshard.jar");

    private final Servers servers;

    StartPart(Servers servers) {
        this.servers = servers;
    }

    Section run() throws IOException {
        RingshardConfig config = servers.config(DatabaseKind.POSTGRESQL, 4);
        Ringshard.init(config);
        Path file = Files.createTempFile("ringshard-bench", ".yaml");
        try {
            Files.writeString(file, yaml(config));
            Map<String, List<String>> commands = new LinkedHashMap<>();
            for (String command : List.of("status", "plan", "sql SELECT 1", "--version")) {
                commands.put("`" + command + "`", ours(file, command));
            }
            if (Files.exists(JAR)) { // ./mvnw package before
                for (String command : List.of("status", "--version")) {
                    commands.put("`ringshard %s`, by the script".formatted(command), script(file, command));
                }
            }
            ShardConfig first = config.shards().get(0);
            TestDatabase database = TestDatabase.of(first);
            String url = database.url().replaceFirst("^jdbc:", "");
            commands.put(
                    "`psql -c 'SELECT 1'` on one of them",
                    List.of("psql", url, "--username", database.user(), "--command", "SELECT 1"));
            return section(commands);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static Section section(Map<String, List<String>> commands) throws IOException {
        Map<String, List<Duration>> taken = new LinkedHashMap<>();
        for (int round = 0; round <= ROUNDS; round++) {
            for (Map.Entry<String, List<String>> command : commands.entrySet()) {
                Duration took = took(command.getValue());
                if (round > 0) { // the first brings the files into memory
                    taken.computeIfAbsent(command.getKey(), key -> new ArrayList<>())
                            .add(took);
                }
            }
        }
        List<List<String>> rows = new ArrayList<>();
        taken.forEach((what, times) -> {
            Collections.sort(times);
            rows.add(List.of(
                    what,
                    Format.millis(times.get(times.size() / 2)),
                    Format.millis(times.get(0)),
                    Format.millis(times.get(times.size() - 1))));
        });
        return new Section("Start of commands, four shards on PostgreSQL")
                .text("From the start of a process to its end, by turns, %d times.".formatted(ROUNDS))
                .table(List.of("command", "median", "least", "most"), rows);
    }

    private static List<String> ours(Path file, String command) {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        words.addAll(List.of(command.split(" ", 2)));
        if (!command.startsWith("--")) {
            words.addAll(List.of("--config", file.toString()));
        }
        return words;
    }

    private static List<String> script(Path file, String command) {
        List<String> words = new ArrayList<>(List.of(Path.of("src/main/scripts/ringshard").toAbsolutePath().toString(), command));
        if (!command.startsWith("--")) {
            words.addAll(List.of("--config", file.toString()));
        }
        return words;
    }

    private static Duration took(List<String> command) throws IOException {
        long began = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("Not measured: " + String.join(" ", command) + " did not end well.");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        } finally {
            process.destroyForcibly();
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private static String yaml(RingshardConfig config) {
        StringBuilder yaml = new StringBuilder("cluster: ").append(config.cluster()).append("\nshards:\n");
        for (ShardConfig shard : config.shards()) {
            yaml.append(TestDatabase.of(shard).yaml(shard.name())).append('\n');
        }
        return yaml.toString();
    }
}
