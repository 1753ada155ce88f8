package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a database defines otherwise than the cluster is named before it joins. */
class RemarksPostgresTest {
    private static final String TABLES = """
            CREATE TABLE tenants (id bigint PRIMARY KEY, email text UNIQUE, changed_at timestamptz);
            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed_at := now(); RETURN NEW; END $$""";

    private static final String MORE = """
            CREATE TRIGGER tenants_touch BEFORE UPDATE ON tenants FOR EACH ROW EXECUTE FUNCTION touch();
            ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
            CREATE POLICY tenants_all ON tenants USING (true);
            GRANT SELECT, UPDATE ON tenants TO PUBLIC""";

    private final TestDatabase first = PostgresServer.shared().createDatabase();
    private final TestDatabase second = PostgresServer.shared().createDatabase();
    private final Cli cli;

    RemarksPostgresTest(@TempDir Path directory) throws Exception {
        first.execute(TABLES);
        first.execute(MORE);
        this.cli = new Cli(directory);
        configure(first.yaml("eu-1"));
        assertThat(cli.run("init").exitCode()).isZero();
        configure(first.yaml("eu-1") + "\n" + second.yaml("eu-2"));
    }

    private void configure(String shards) throws Exception {
        cli.file(
                "bank.yaml",
                "cluster: shop\nbank: false\ntables: { sharded: [ { name: tenants, key: id } ] }\nshards:\n" + shards
                        + "\n");
    }

    private static List<String> remarks(JsonNode report) {
        List<String> remarks = new ArrayList<>();
        report.get("remarks").forEach(remark -> remarks.add(remark.asText()));
        return remarks;
    }

    @Test
    void rights_row_security_and_triggers_that_it_lacks_are_told_by_plan_and_config_check() throws Exception {
        second.execute(TABLES);

        Cli.Result plan = cli.run("plan", "--json");
        Cli.Result check = cli.run("config", "check", "--json");

        assertThat(remarks(plan.json()))
                .contains(
                        "row-level security of public.tenants is on on eu-1 and off on eu-2.",
                        "rights of PUBLIC on public.tenants is SELECT, UPDATE on eu-1 and absent on eu-2.")
                .anyMatch(remark -> remark.startsWith("policy tenants_all of public.tenants is "))
                .anyMatch(remark -> remark.startsWith(
                        "trigger tenants_touch of public.tenants is there on eu-1 and absent on eu-2"))
                .anyMatch(remark -> remark.startsWith("tenants is unique by email without the key"));
        assertThat(remarks(check.json())).isEqualTo(remarks(plan.json()));
        assertThat(cli.run("plan").out())
                .contains("Good to know:\n  - ", "  - rights of PUBLIC on public.tenants is SELECT, UPDATE on eu-1");
        assertThat(cli.run("config", "check").out()).contains("Good to know:\n  - ");
    }

    @Test
    void of_one_that_is_empty_no_difference_is_told_but_how_it_gets_its_tables_and_of_one_that_is_alike_nothing()
            throws Exception {
        assertThat(remarks(cli.run("plan", "--json").json()))
                .satisfiesExactly(
                        empty -> assertThat(empty)
                                .asString()
                                .startsWith("eu-2 has none of the sharded tables")
                                .contains("--schema-from eu-1"),
                        unique ->
                                assertThat(unique).asString().startsWith("tenants is unique by email without the key"));
        second.execute(TABLES);
        second.execute(MORE);

        assertThat(remarks(cli.run("plan", "--json").json())).hasSize(1);
    }
}
