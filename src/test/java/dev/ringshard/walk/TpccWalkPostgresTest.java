package dev.ringshard.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringshard.cli.Cli;
import dev.ringshard.cli.ShopToAdopt;
import dev.ringshard.testing.InstalledServer;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A schema that nobody made for this, as a new user would try it: TPC-C, by warehouse, with the items on every shard. */
@Tag("ci")
class TpccWalkPostgresTest {
    @TempDir
    Path directory = Path.of("");

    private String yaml = "";

    @Test
    void warehouses_with_all_that_belongs_to_them_go_to_a_second_database_and_back() throws SQLException, IOException {
        try (InstalledServer server = InstalledServer.start()) {
            TestDatabase first = server.createDatabase();
            first.execute(resource());
            mend(first);
            List<String> before = server.dump(first);
            yaml = askTheDoctor(first, 0).get("proposed").asText();
            assertThat(run(0, "init").out()).contains("Fenced: warehouse on", "Fenced: item on");

            String alone = yaml;
            TestDatabase second = server.createDatabase();
            yaml = alone + second.yaml("second") + "\n";
            assertThat(run(3, "plan").out())
                    .contains("second has none of the sharded tables", "--schema-from " + first.name());
            assertThat(run(2, "rebalance", "--yes").err())
                    .contains("Nothing was changed. Let the schema be copied (rebalance --schema-from " + first.name());
            run(0, "rebalance", "--yes", "--schema-from", first.name());
            run(0, "verify");
            assertThat(second.number("SELECT count(*) FROM warehouse")).isBetween(1L, 11L);
            assertThat(second.number("SELECT count(*) FROM history")).isPositive();
            assertThat(second.number("SELECT count(*) FROM item")).isEqualTo(1000);
            assertThat(run(3, "verify", "--unique", "customer.c_last").out())
                    .contains("is sound, but 7 values are on several shards");
            String here = first.text("SELECT min(w_id) FROM warehouse");
            String there = second.text("SELECT min(w_id) FROM warehouse");
            assertThatThrownBy(() -> first.execute(
                            "INSERT INTO history (h_c_id, h_c_d_id, h_c_w_id, h_d_id, h_w_id) VALUES (1, 1, %s, 1, %s)"
                                    .formatted(here, there)))
                    .as("a row of two keys, as the doctor has said")
                    .hasMessageContaining("violates foreign key constraint");

            yaml = yaml.replace("name: second,", "name: second, weight: 0,");
            run(0, "rebalance", "--yes");
            yaml = alone;
            run(0, "verify");
            run(0, "leave", "--yes");
            assertThat(server.dump(first)).isEqualTo(before);
        }
    }

    private void mend(TestDatabase database) throws SQLException, IOException {
        JsonNode diagnosis = askTheDoctor(database, 3);
        assertThat(diagnosis.get("key").asText()).isEqualTo("warehouse.w_id");
        assertThat(diagnosis.get("findings").findValuesAsText("reason"))
                .anyMatch(reason -> reason.startsWith("history has a key column h_c_w_id that may be null"))
                .anyMatch(reason -> reason.startsWith("history has no primary key: it works"))
                .anyMatch(reason -> reason.startsWith("history refers to keys by h_c_w_id, and by h_w_id")
                        && reason.endsWith("the database refuses it, as what it refers to is not there."))
                .anyMatch(
                        reason -> reason.startsWith(
                                "order_line has rows that refer by order_line_ol_supply_w_id_ol_i_id_fkey to rows of stock with another key"));
        ShopToAdopt.mend(database, diagnosis);
    }

    private static String resource() throws IOException {
        try (InputStream sql =
                Objects.requireNonNull(TpccWalkPostgresTest.class.getResourceAsStream("/tpcc/tables.sql"))) {
            return new String(sql.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static JsonNode askTheDoctor(TestDatabase database, int exitCode) throws IOException {
        Cli.Result result = Cli.bare("doctor", "--url", database.url(), "--user", database.user(), "--json");
        assertThat(result.exitCode()).as(result.out() + result.err()).isEqualTo(exitCode);
        return result.json();
    }

    private Cli.Result run(int exitCode, String... command) throws IOException {
        return Walk.run(new Cli(directory), yaml, exitCode, command);
    }
}
