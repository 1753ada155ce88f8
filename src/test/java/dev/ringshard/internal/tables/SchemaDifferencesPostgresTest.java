package dev.ringshard.internal.tables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.internal.shard.Shards;
import dev.ringshard.testing.H2Database;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What two databases define differently, though the same rows fit into both. */
class SchemaDifferencesPostgresTest {
    private static final String SCHEMA = """
            CREATE TYPE plan AS ENUM ('free', 'large');
            CREATE TABLE countries (code char(2) PRIMARY KEY, name text NOT NULL);
            CREATE SEQUENCE tickets;
            CREATE TABLE tenants (id uuid PRIMARY KEY, plan plan, ticket bigint DEFAULT nextval('tickets'), changed_at timestamptz);
            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed_at := now(); RETURN NEW; END $$;
            CREATE TRIGGER tenants_touch BEFORE UPDATE ON tenants FOR EACH ROW EXECUTE FUNCTION touch();
            CREATE VIEW large AS SELECT id FROM tenants WHERE plan = 'large';""";

    private final TestDatabase one = PostgresServer.shared().createDatabase();
    private final TestDatabase other = PostgresServer.shared().createDatabase();

    private List<String> differences() {
        try (Shards shards = Shards.open(List.of(TestCluster.shard("one", one), TestCluster.shard("other", other)))) {
            return SchemaDifferences.between(shards.get("one"), shards.get("other"));
        }
    }

    @Test
    void two_that_were_made_alike_have_none() throws SQLException {
        one.execute(SCHEMA);
        other.execute(SCHEMA);

        assertThat(differences()).isEmpty();
    }

    @Test
    void each_is_named() throws SQLException {
        one.execute(SCHEMA);
        other.execute(SCHEMA + """
                DROP TRIGGER tenants_touch ON tenants;
                GRANT SELECT ON tenants TO PUBLIC;
                ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
                CREATE POLICY own ON tenants USING (plan = 'free');
                ALTER SEQUENCE tickets INCREMENT 2;
                ALTER TABLE countries ALTER name DROP NOT NULL;
                ALTER TYPE plan ADD VALUE 'huge';
                CREATE OR REPLACE VIEW large AS SELECT id FROM tenants WHERE plan > 'free';
                CREATE TABLE notes (note text NOT NULL)""");

        assertThat(differences())
                .containsExactly(
                        "column public.countries.name is text NOT NULL on one and text on other.",
                        "policy own of public.tenants is absent on one and * t (plan = 'free'::plan) TO - on other.",
                        "rights of PUBLIC on public.tenants is absent on one and SELECT on other.",
                        "row-level security of public.tenants is off on one and on on other.",
                        "sequence public.tickets is bigint START 1 INCREMENT 1 1 9223372036854775807 CACHE 1 on one and"
                                + " bigint START 1 INCREMENT 2 1 9223372036854775807 CACHE 1 on other.",
                        "table public.notes is absent on one and there on other.",
                        "trigger tenants_touch of public.tenants is there on one and absent on other.",
                        "type plan is free, large on one and free, large, huge on other.",
                        "view public.large is not the same on one and other.");
    }

    /** Does not show how often each is read. */
    @Test
    void of_several_each_is_compared_with_the_first() throws SQLException {
        TestDatabase third = PostgresServer.shared().createDatabase();
        one.execute(SCHEMA);
        other.execute(SCHEMA + "CREATE TABLE notes (note text)");
        third.execute(SCHEMA + "ALTER TABLE countries ALTER name DROP NOT NULL");
        try (Shards shards = Shards.open(List.of(
                TestCluster.shard("one", one),
                TestCluster.shard("other", other),
                TestCluster.shard("third", third),
                TestCluster.shard("h2", H2Database.inMemory())))) {
            assertThat(SchemaDifferences.among(
                            shards.get("one"), List.of(shards.get("other"), shards.get("h2"), shards.get("third"))))
                    .containsExactly(
                            "table public.notes is absent on one and there on other.",
                            "column public.countries.name is text NOT NULL on one and text on third.");
        }
    }
}
