package dev.ringshard.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringshard.cli.Cli;
import dev.ringshard.cli.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A benchmark of a configuration in a process of its own, which alone can be asked to stop. */
class StoppedBenchmarkTest {
    @TempDir
    Path directory;

    @Test
    void a_benchmark_that_is_asked_to_stop_leaves_nothing_behind() throws Exception {
        Path config = Files.writeString(directory.resolve("bank.yaml"), """
                cluster: bank
                shards:
                  - { name: eu-1, url: "jdbc:h2:file:%1$s/eu-1" }
                  - { name: eu-2, url: "jdbc:h2:file:%1$s/eu-2" }
                """.formatted(directory));
        Process init = start(Main.class, "init", "--json", "--config", config.toString()); // H2 lets one process in
        assertThat(init.waitFor()).isZero();

        Process stopped =
                start(Benchmarks.class, "cluster --json --seconds 600 --customers 100 --threads 2 --config " + config);
        BufferedReader err =
                new BufferedReader(new InputStreamReader(stopped.getErrorStream(), StandardCharsets.UTF_8));
        Stream<String> lines = err.lines();
        assertThat(lines.anyMatch(line -> line.matches("measuring as bench-.*"))).isTrue();
        stopped.toHandle().destroy(); // SIGTERM, which is treated as Ctrl-C is; the streams stay open
        String out = new String(stopped.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(stopped.waitFor()).isEqualTo(1);
        assertThat(new ObjectMapper().readTree(out).get("complete").asBoolean()).isFalse();
        JsonNode verified =
                Cli.bare("verify", "--json", "--config", config.toString()).json();
        assertThat(verified.get("ok").asBoolean()).isTrue();
        assertThat(verified.at("/owned/0/rows").asInt(-1)).isZero();
    }

    private static Process start(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-classpath",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).start();
    }
}
