package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.status.ClusterCheck;
import dev.ringshard.testing.Roles;
import dev.ringshard.testing.Roles.Role;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The script {@code src/docs/roles.sql} itself: what it gives and takes, however often it is run. */
@Tag("ci")
class RolesScriptPostgresTest extends RoledBank {
    @Test
    void running_the_script_again_changes_nothing() throws SQLException {
        List<String> before = privileges();

        roles.runScript(1);

        assertThat(privileges()).hasSizeGreaterThan(30).isEqualTo(before);
    }

    @Test
    void running_the_script_again_takes_back_what_was_given_by_hand() throws SQLException {
        List<String> before = privileges();
        roles.execute(
                1, Role.OWNER, "GRANT ALL ON ringshard.owned_range, customers TO " + roles.name(Role.APPLICATION));
        assertThat(privileges()).isNotEqualTo(before);

        roles.runScript(1);

        assertThat(privileges()).isEqualTo(before);
    }

    @Test
    void the_script_refuses_to_take_rights_from_the_owner() throws SQLException {
        List<String> before = privileges();

        assertThatThrownBy(() -> roles.runScript(1, roles.name(Role.OWNER)))
                .hasMessageContaining(roles.name(Role.OWNER) + " owns Ringshard's tables");

        assertThat(privileges()).isEqualTo(before);
    }

    @Test
    void a_name_with_quotes_is_a_name_and_no_sql() throws SQLException {
        String name = "app'); DROP TABLE customers; --\"" + roles.name(Role.APPLICATION);
        try {
            roles.runScript(1, name);

            assertThat(ask("SELECT count(*) FROM pg_roles WHERE rolname = '%s'".formatted(name.replace("'", "''"))))
                    .containsExactly("1");
        } finally {
            String quoted = '"' + name.replace("\"", "\"\"") + '"';
            roles.execute(1, Role.OWNER, "GRANT %s TO CURRENT_USER".formatted(quoted));
            roles.execute(1, Role.OWNER, "DROP OWNED BY %1$s; DROP ROLE %1$s".formatted(quoted));
        }
    }

    @Test
    void who_was_given_nothing_is_told_so_and_not_that_the_database_is_new() throws SQLException {
        try (Roles fresh = Roles.withDatabases(1)) {
            Ringshard.init(fresh.config(Role.OWNER));
            fresh.runScript(1);
            String all = "ALL TABLES IN SCHEMA ringshard FROM " + fresh.name(Role.READER);
            fresh.execute(1, Role.OWNER, "REVOKE ALL ON " + all);

            ClusterCheck check = Ringshard.check(fresh.config(Role.READER));

            assertThat(check.shards().get(0).problem().orElseThrow())
                    .contains(
                            "Shard eu-1: its database user may not do this (permission denied for table schema_history)");
        }
    }

    private List<String> privileges() throws SQLException {
        return ask("""
                SELECT concat_ws(' ', what, name, grantee, privilege_type, is_grantable) FROM (
                    SELECT 'table' AS what, oid::regclass::text AS name, relacl AS acl FROM pg_class
                    UNION ALL SELECT 'function', oid::regprocedure::text, proacl FROM pg_proc
                    UNION ALL SELECT 'schema', nspname, nspacl FROM pg_namespace
                    UNION ALL SELECT 'database', 'this', datacl FROM pg_database WHERE datname = current_database()
                ) acls, aclexplode(acl) WHERE name NOT LIKE 'pg\\_%' AND name NOT LIKE 'information\\_schema%'
                ORDER BY 1""");
    }
}
