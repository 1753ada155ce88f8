package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.testing.Roles;
import dev.ringshard.testing.Roles.Role;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which command works for which role of {@code src/docs/roles.sql}, and what the others are told. */
@Tag("ci")
class RoleCommandsPostgresTest {
    private static final String MAY_NOT = "its database user may not do this (permission denied for ";

    @TempDir
    Path directory = Path.of("");

    private Roles roles = Roles.withDatabases(0);

    @BeforeEach
    void begin() throws SQLException, IOException {
        roles = Roles.withCluster(2);
        assertThat(run(Role.APPLICATION, 1, "load", "--generate", "50", "--prefix", "g-")
                        .exitCode())
                .isZero();
    }

    @AfterEach
    void end() {
        roles.close();
    }

    @Test
    void a_reader_has_the_commands_that_read() throws IOException {
        for (String command :
                new String[] {"status", "verify", "export", "get g-000001", "locate g-000001", "plan", "config check"
                }) {
            Cli.Result result = run(Role.READER, 1, command.split(" "));
            assertThat(result.exitCode())
                    .as("%s: %s%s", command, result.out(), result.err())
                    .isZero();
        }
        Cli.Result owned =
                run(Role.READER, 1, "sql", "SELECT customer_key FROM customers WHERE ringshard.is_owned(ring_token)");
        assertThat(owned.out()).as(owned.err()).contains("g-000001");
        Cli.Result ofKey = run(
                Role.READER,
                1,
                "sql",
                "SELECT first_name, 'x'::bytea, NULL, true FROM customers",
                "--key",
                "g-000001",
                "--json");
        assertThat(ofKey.out()).as(ofKey.err()).contains("\\\\x78", "null", "true");
        assertMayNot(Role.READER, 1, "deposit", "g-000001", "savings", "1.00");
        assertMayNot(Role.READER, 0, "rebalance", "--yes");
    }

    @Test
    void the_application_has_those_that_work_with_customers() throws IOException {
        for (String command :
                new String[] {"status", "verify", "export", "get g-000001", "deposit g-000001 savings 1.00"}) {
            Cli.Result result = run(Role.APPLICATION, 1, command.split(" "));
            assertThat(result.exitCode())
                    .as("%s: %s%s", command, result.out(), result.err())
                    .isZero();
        }
        assertMayNot(Role.APPLICATION, 0, "rebalance", "--yes");
    }

    @Test
    void the_mover_has_those_that_move() throws IOException {
        assertThat(run(Role.MOVER, 0, "plan").exitCode()).isEqualTo(3);
        for (String command : new String[] {"rebalance --yes", "recover", "verify", "status", "plan"}) {
            Cli.Result result = run(Role.MOVER, 0, command.split(" "));
            assertThat(result.exitCode())
                    .as("%s: %s%s", command, result.out(), result.err())
                    .isZero();
        }
        assertMayNot(Role.MOVER, 0, "deposit", "g-000001", "savings", "1.00");
    }

    private void assertMayNot(Role role, int weight, String... command) throws IOException {
        Cli.Result result = run(role, weight, command);
        assertThat(result.exitCode()).as("%s %s", role, command[0]).isEqualTo(1);
        assertThat(result.err())
                .contains(MAY_NOT)
                .contains("Nothing was written.")
                .doesNotContain("Unexpected");
    }

    /** @param weight of the second shard */
    private Cli.Result run(Role role, int weight, String... command) throws IOException {
        Cli cli = new Cli(directory);
        StringBuilder yaml = new StringBuilder("cluster: bank\nshards:\n");
        for (int shard = 1; shard <= 2; shard++) {
            TestDatabase database = roles.database(shard, role);
            yaml.append("  - { name: eu-%d, url: \"%s\", user: %s, password: \"%s\", weight: %d }\n"
                    .formatted(shard, database.url(), database.user(), database.password(), shard == 2 ? weight : 1));
        }
        cli.file("bank.yaml", yaml.toString());
        return cli.run(command);
    }
}
