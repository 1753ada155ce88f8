package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringshard.config.PoolConfig;
import dev.ringshard.config.RingConfig;
import dev.ringshard.config.RingshardConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCommandsTest {
    @TempDir
    Path directory = Path.of("");

    private Cli cli = new Cli(directory);

    @BeforeEach
    void configure() throws IOException {
        cli = Cli.withShards(directory, 2);
    }

    @Test
    void the_example_is_a_configuration_and_names_every_key() {
        String example = Cli.bare("config", "example").out();

        RingshardConfig config = RingshardConfig.parse(example, Map.of("SHOP_PASSWORD", "x"));
        assertThat(config.shards()).hasSize(4);
        assertThat(config.ring()).isEqualTo(RingConfig.DEFAULT);

        RingshardConfig uncommented = RingshardConfig.parse(
                example.replaceAll(
                        "(?m)^( *)# ?( *(ring|hash|virtual-nodes|strategy|routing-timeout|"
                                + "pool|size|connection-timeout|lock-timeout|socket-timeout|weight|tables|sharded|reference|migrations|history-table|bank|- \\{ name):?)",
                        "$1$2"),
                Map.of());
        assertThat(uncommented.ring()).isEqualTo(RingConfig.DEFAULT);
        assertThat(uncommented.routingTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(uncommented.tables().sharded()).isEmpty();
        assertThat(uncommented.shards()).hasSize(5);
        assertThat(uncommented.shards().get(1).pool()).isEqualTo(PoolConfig.DEFAULT);
        assertThat(uncommented.shards().get(0).pool().size()).isEqualTo(20);
        assertThat(List.of(
                        "cluster",
                        "hash",
                        "virtual-nodes",
                        "strategy",
                        "routing-timeout",
                        "size",
                        "connection-timeout",
                        "lock-timeout",
                        "socket-timeout",
                        "leak-detection",
                        "tables",
                        "sharded",
                        "reference",
                        "migrations",
                        "history-table",
                        "bank",
                        "name",
                        "url",
                        "user",
                        "password",
                        "weight",
                        "pool"))
                .allMatch(key -> example.contains(key + ":"));
    }

    /** It is commented out, and so is on. */
    @Test
    void the_example_speaks_of_the_bank_where_it_says_that_it_is_optional_and_nowhere_else() {
        List<String> paragraphs = List.of(Cli.bare("config", "example").out().split("\n\n"));

        assertThat(paragraphs.stream().filter(text -> text.matches("(?is).*(customer|bank).*")))
                .singleElement()
                .asString()
                .contains("optional", "bank: true", "false", "{ schema: bank }");
        assertThat(paragraphs).anyMatch(text -> text.contains("[ { name: tenants, key: id }"));
    }

    @Test
    void the_example_as_json_is_the_same_text() throws IOException {
        JsonNode json = new ObjectMapper()
                .readTree(Cli.bare("config", "example", "--json").out());
        assertThat(json.get("yaml").asText())
                .isEqualTo(Cli.bare("config", "example").out());
    }

    @Test
    void config_by_itself_says_which_commands_there_are() {
        Cli.Result result = Cli.bare("config");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("Name a command", "config --help'");
        assertThat(Cli.bare("config", "--help").out()).contains("check", "example");
    }

    @Test
    void a_cluster_that_is_not_initialised_is_work_pending() {
        Cli.Result result = cli.run("config", "check");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.out())
                .startsWith("Cluster bank · 2 shards · md5, 128 virtual nodes for a weight of 1, strategy balanced\n")
                .containsPattern("eu-1 +new +– +H2 2[.0-9]+ +– +jdbc:h2:mem:")
                .contains("Shard eu-2 is new: its database has not been initialised.")
                .endsWith("Next: ringshard init --config %s\n".formatted(directory.resolve("bank.yaml")));
    }

    @Test
    void a_sound_cluster_is_one() throws IOException {
        cli = Cli.founded(directory, 2);

        Cli.Result result = cli.run("config", "check");

        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .containsPattern("eu-1 +member +eu-1 of bank +H2 2[.0-9]+ +[0-9]+ +jdbc:h2:mem:")
                .contains("Every database is the shard that it is configured as.", "Next: ringshard status");
        JsonNode json =
                new ObjectMapper().readTree(cli.run("config", "check", "--json").out());
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactly("file", "cluster", "sound", "problem", "remarks", "shards");
        assertThat(json.at("/shards/0").fieldNames())
                .toIterable()
                .containsExactly(
                        "name", "state", "database", "server", "schemaVersion", "isShard", "ofCluster", "problem");
        assertThat(json.get("sound").asBoolean()).isTrue();
    }

    @Test
    void all_problems_are_told_at_once() throws IOException {
        cli = Cli.founded(directory, 2);
        String yaml = Files.readString(directory.resolve("bank.yaml"));
        String swapped = yaml.replace("eu-1", "eu-9").replace("eu-2", "eu-1").replace("eu-9", "eu-2");
        cli.file("bank.yaml", swapped + """

                  - { name: eu-3, url: "jdbc:h2:file:/dev/null/none" }
                  - { name: eu-4, url: "jdbc:h2:mem:fresh-%s;DB_CLOSE_DELAY=-1" }
                pool: { connection-timeout: 1s }
                """.formatted(directory.getFileName()));

        Cli.Result result = cli.run("config", "check");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out())
                .containsPattern("eu-2 +wrong +eu-1 of bank")
                .containsPattern("eu-1 +wrong +eu-2 of bank")
                .containsPattern("eu-3 +down +– +– +–")
                .containsPattern("eu-4 +new +–")
                .contains(
                        "The database configured as shard eu-2 is shard eu-1 of cluster bank.",
                        "The database configured as shard eu-1 is shard eu-2 of cluster bank.",
                        "Shard eu-3 cannot be reached: ",
                        "Shard eu-4 is new: ",
                        "Next: correct " + directory.resolve("bank.yaml") + ", then ringshard config check");
    }

    @Test
    void a_database_of_another_cluster_or_hash_is_wrong_and_one_that_is_down_is_not() throws IOException {
        cli = Cli.founded(directory, 2);
        String yaml = Files.readString(directory.resolve("bank.yaml"));
        cli.file("bank.yaml", yaml.replace("cluster: bank", "cluster: shop"));
        assertThat(cli.run("config", "check").exitCode()).isEqualTo(2);
        cli.file("bank.yaml", yaml + "\nring: { hash: murmur3 }\n");
        assertThat(cli.run("config", "check").out()).contains("places keys with hash md5");
        cli.file(
                "bank.yaml",
                yaml.replaceFirst("jdbc:h2:mem:", "jdbc:h2:file:/dev/null/none;x=")
                        + "\npool: { connection-timeout: 1s }");
        Cli.Result down = cli.run("config", "check");
        assertThat(down.exitCode()).isEqualTo(1);
        assertThat(down.out()).contains("Next: see that each database that is down runs, then ringshard config check");
    }

    @Test
    void a_file_that_cannot_be_read_is_wrong_and_one_that_is_not_there_can_be_begun_with_the_example()
            throws IOException {
        cli.file("bank.yaml", "cluster: 'b k'\nshards: []\n");
        Cli.Result broken = cli.run("config", "check");
        assertThat(broken.exitCode()).isEqualTo(2);
        assertThat(broken.err())
                .contains("2 problems", "cluster (line 1)", "shards (line 2)")
                .containsPattern("Next: correct .*bank.yaml, then ringshard config check --config ");

        Cli.Result missing = Cli.bare("config", "check", "--config", "no such.yaml");
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err()).endsWith("Next: ringshard config example > 'no such.yaml'\n");
    }
}
