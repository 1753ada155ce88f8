package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks a real bash what it would offer; zsh runs the same script. */
class CompletionTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void commands_options_and_accounts_are_offered() throws Exception {
        assertThat(offered("ringshard", "")).contains("demo", "load", "export", "deposit", "config", "completion");
        assertThat(offered("ringshard", "lo")).containsExactlyInAnyOrder("load", "locate");
        assertThat(offered("ringshard", "config", "")).contains("check", "example");
        assertThat(offered("ringshard", "load", "--s")).containsExactlyInAnyOrder("--seed", "--strict");
        assertThat(offered("ringshard", "sql", "--sh")).containsExactly("--shard");
        assertThat(offered("ringshard", "shell", "--sh")).containsExactly("--shard");
        assertThat(offered("ringshard", "recover", "--re")).containsExactly("--restored");
        assertThat(offered("ringshard", "config", "check", "--j")).containsExactly("--json");
        assertThat(offered("ringshard", "deposit", "c-1", "")).contains("savings", "checking", "401k");
    }

    @Test
    void the_script_as_json_is_the_same_text() throws IOException {
        String json = Cli.bare("completion", "--json").out();
        assertThat(new ObjectMapper().readTree(json).get("script").asText())
                .isEqualToNormalizingNewlines(Cli.bare("completion").out());
    }

    private List<String> offered(String... words) throws Exception {
        Path script = Files.writeString(
                directory.resolve("completion.bash"), Cli.bare("completion").out());
        String bash = """
                source %s
                compopt() { :; }  # only bash itself may call the real one
                COMP_WORDS=(%s)
                COMP_CWORD=%d
                _complete_ringshard
                printf '%%s\\n' "${COMPREPLY[@]}"
                """.formatted(script, quoted(words), words.length - 1);
        Process process = new ProcessBuilder("bash", "--norc", "-c", bash)
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        return out.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    private static String quoted(String... words) {
        return String.join(
                " ", List.of(words).stream().map(word -> "'" + word + "'").toList());
    }
}
