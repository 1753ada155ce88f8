package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How {@code serve} begins, and how it does not. That it ends when asked is shown with the packaged jar. */
class ServeTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void help_says_what_is_served_and_to_whom() {
        Cli.Result help = Cli.bare("serve", "--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.out())
                .contains(
                        "Example: ringshard serve --config shop.yaml",
                        "default: 9470",
                        "default: 127.0.0.1, which only",
                        "/metrics",
                        "/health",
                        "There is no password");
    }

    @Test
    void a_port_that_is_taken_is_told_with_what_to_do() throws IOException {
        Cli cli = Cli.withShards(directory, 1);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Cli.Result result = cli.run("serve", "--port", String.valueOf(taken.getLocalPort()));

            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.out()).isEmpty();
            assertThat(result.err())
                    .startsWith("Nothing can listen on port %d of 127.0.0.1: ".formatted(taken.getLocalPort()))
                    .contains("Name another with --port or --bind.");
        }
    }

    @Test
    void a_port_that_is_none_and_a_missing_configuration_are_refused_at_once() throws IOException {
        Cli cli = Cli.withShards(directory, 1);

        Cli.Result port = cli.run("serve", "--port", "70000");
        assertThat(port.exitCode()).isEqualTo(2);
        assertThat(port.err()).startsWith("--port is 70000: 0 to 65535 is allowed.");

        Cli.Result missing =
                Cli.bare("serve", "--config", directory.resolve("none.yaml").toString());
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err()).contains("There is no such file");
    }
}
