package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.testing.Roles;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code backup-point}; that a cluster restored to a point is sound, {@code RestoredToPointPostgresTest} shows. */
class BackupPointPostgresTest {
    @TempDir
    Path directory = Path.of("");

    private Cli cli(RingshardConfig config) throws IOException {
        List<String> lines = new ArrayList<>(List.of("cluster: bank", "ring: { virtual-nodes: 8 }", "shards:"));
        for (ShardConfig shard : config.shards()) {
            lines.add(TestDatabase.of(shard).yaml(shard.name()));
        }
        Cli cli = new Cli(directory);
        cli.file("bank.yaml", String.join("\n", lines));
        return cli;
    }

    private Cli founded() throws IOException {
        return cli(TestCluster.founded(DatabaseKind.POSTGRESQL, 2));
    }

    @Test
    void the_screen_shows_where_the_point_is_and_what_is_needed_to_restore_to_it() throws IOException {
        Cli.Result result = founded().run("backup-point", "before-release-7");

        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .startsWith("The point before-release-7 is written on 2 shards of cluster bank.\n")
                .containsPattern("(?m)^  shard  position +log file$")
                .containsPattern("(?m)^  eu-1   [0-9A-F]+/[0-9A-F]+ +[0-9A-F]{24}$")
                .containsPattern("(?m)^  eu-2   [0-9A-F]+/[0-9A-F]+ +[0-9A-F]{24}$")
                .contains(
                        "eu-1, eu-2 archive no log (archive_mode is off)",
                        "recovery_target_name = 'before-release-7'",
                        "Next: ");
    }

    @Test
    void the_shards_note_of_each_other_that_they_are_past_the_point() throws IOException, SQLException {
        RingshardConfig config = TestCluster.founded(DatabaseKind.POSTGRESQL, 2);
        assertThat(cli(config).run("backup-point", "p1").exitCode()).isZero();

        TestDatabase one = TestDatabase.of(config.shards().get(0));
        TestDatabase other = TestDatabase.of(config.shards().get(1));
        assertThat(one.text("SELECT mark FROM ringshard.log_position WHERE shard_name = 'eu-2'"))
                .isEqualTo(other.text("SELECT mark FROM ringshard.log_mark ORDER BY mark_number DESC LIMIT 1"));
        assertThat(other.text("SELECT mark FROM ringshard.log_position WHERE shard_name = 'eu-1'"))
                .isEqualTo(one.text("SELECT mark FROM ringshard.log_mark ORDER BY mark_number DESC LIMIT 1"));
    }

    @Test
    void json_has_the_same() throws IOException {
        JsonNode json = founded().run("backup-point", "p1", "--json").json();

        assertThat(Cli.keys(json)).containsExactly("cluster", "point", "shards", "newcomers");
        assertThat(json.get("shards")).hasSize(2);
        assertThat(Cli.keys(json.at("/shards/0")))
                .containsExactly("shard", "position", "logFile", "archiving", "switched");
        assertThat(json.at("/shards/0/switched").asBoolean()).isTrue();
    }

    @Test
    void a_name_is_used_once() throws IOException {
        Cli cli = founded();
        assertThat(cli.run("backup-point", "nightly").exitCode()).isZero();

        Cli.Result again = cli.run("backup-point", "nightly");

        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.err())
                .contains(
                        "The name nightly was used on shard eu-1 before",
                        "Nothing was written.",
                        "Next: ringshard backup-point ANOTHER-NAME --config ");
        assertThat(cli.run("backup-point", "nightly-2").exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "it's", "two words", "ä", "a123456789b123456789c123456789d123456789e123456789f123456789g123"
            })
    void what_cannot_be_a_name_is_refused(String name) throws IOException {
        Cli.Result result = founded().run("backup-point", name);

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("1 to 63 letters, digits", "Nothing was written.");
    }

    @Test
    void the_longest_name_is_taken() throws IOException {
        assertThat(founded().run("backup-point", "a".repeat(63)).exitCode()).isZero();
    }

    @Test
    void a_cluster_on_h2_has_no_points() throws IOException {
        Cli.Result result = Cli.founded(directory, 2).run("backup-point", "p1");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("eu-1, eu-2 of cluster bank are on H2", "only clusters on PostgreSQL");
    }

    @Test
    void a_shard_that_does_not_answer_keeps_the_point_from_being_written_and_the_name_stays_free() throws IOException {
        RingshardConfig config = TestCluster.founded(DatabaseKind.POSTGRESQL, 2);
        TestDatabase nowhere = new TestDatabase("jdbc:postgresql://localhost:1/none", "nobody", "");
        Cli.Result result =
                cli(config.withShard(TestCluster.shard("eu-2", nowhere))).run("backup-point", "p1");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("eu-2");
        assertThat(cli(config).run("backup-point", "p1").exitCode()).isZero();
    }

    @Test
    void a_user_without_the_right_is_told_what_to_grant() throws IOException, SQLException {
        try (Roles roles = Roles.withCluster(2)) {
            Cli cli = cli(roles.config(Roles.Role.MOVER));
            Cli.Result refused = cli.run("backup-point", "p1");

            String grant = "GRANT EXECUTE ON FUNCTION pg_catalog.pg_create_restore_point(text) TO "
                    + roles.name(Roles.Role.MOVER);
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err())
                    .contains("On eu-1, eu-2 the database user ", grant, "Nothing was written.")
                    .containsOnlyOnce(grant);

            roles.database(1).execute(grant);
            roles.database(2).execute(grant);
            Cli.Result written = cli.run("backup-point", "p1");
            assertThat(written.err()).isEmpty();
            assertThat(written.exitCode()).isZero();
            assertThat(cli.run("backup-point", "p2", "--json")
                            .json()
                            .at("/shards/0/switched")
                            .asBoolean())
                    .isFalse();
        }
    }
}
