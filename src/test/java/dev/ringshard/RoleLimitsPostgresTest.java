package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.rebalance.RebalancePlan;
import dev.ringshard.testing.HandMover;
import dev.ringshard.testing.Roles.Role;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the roles of {@code src/docs/roles.sql} cannot do, whatever they try. Does not show what somebody can do who has more
 * than the script gives, such as a superuser.
 */
@Tag("ci")
class RoleLimitsPostgresTest extends RoledBank {
    private static final String DENIED = "42501";

    @Test
    void neither_the_application_nor_a_reader_can_change_or_lock_what_is_ringshards_own() throws SQLException {
        List<String> tables = ask(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'ringshard' AND tablename NOT IN ('outbox', 'inbox') ORDER BY 1");
        assertThat(tables).hasSize(17);
        for (Role role : List.of(Role.APPLICATION, Role.READER)) {
            for (String table : tables) {
                String column =
                        ask("SELECT attname FROM pg_attribute WHERE attnum = 2 AND attrelid = 'ringshard.%s'::regclass"
                                        .formatted(table))
                                .get(0);
                assertDenied(role, "INSERT INTO ringshard.%s DEFAULT VALUES".formatted(table));
                assertDenied(role, "UPDATE ringshard.%1$s SET %2$s = %2$s".formatted(table, column));
                assertDenied(role, "DELETE FROM ringshard.%s".formatted(table));
                assertDenied(role, "TRUNCATE ringshard.%s".formatted(table));
                assertDenied(role, "SELECT FROM ringshard.%s FOR KEY SHARE".formatted(table));
                assertDenied(role, "BEGIN; LOCK TABLE ringshard.%s IN EXCLUSIVE MODE".formatted(table));
                assertDenied(role, "ALTER TABLE ringshard.%s ADD COLUMN more integer".formatted(table));
                assertDenied(role, "DROP TABLE ringshard.%s".formatted(table));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Role.class,
            names = {"APPLICATION", "MOVER", "READER"})
    void nobody_but_the_owner_can_take_the_fence_away(Role role) throws SQLException {
        assertDenied(role, "TRUNCATE customers");
        assertDenied(role, "ALTER TABLE customers DISABLE TRIGGER ringshard_fence");
        assertDenied(role, "ALTER TABLE customers DISABLE TRIGGER ALL");
        assertDenied(role, "DROP TRIGGER ringshard_fence ON customers");
        if (role != Role.MOVER) { // who passes the fence anyway, and triggers, too, where a superuser ran the script
            assertDenied(role, "SET session_replication_role = replica");
        }
        assertDenied(
                role,
                "CREATE OR REPLACE FUNCTION ringshard.enter(entered_token bigint) RETURNS void"
                        + " LANGUAGE sql AS 'SELECT NULL::void'");
        assertDenied(role, "DROP FUNCTION ringshard.enter(bigint)");
        assertDenied(role, "CREATE TABLE ringshard.more (n integer)");
        assertDenied(role, "CREATE SCHEMA more");
        assertDenied(role, "CREATE TABLE public.more (n integer)");
        assertDenied(role, "SELECT ringshard.fence_table('customers', 'ring_token', true)");
        assertDenied(role, "SELECT ringshard.refuse(1)");
        assertDenied(
                role,
                "CREATE TEMPORARY TABLE mine (ring_token bigint); CREATE TRIGGER mine BEFORE INSERT ON mine"
                        + " FOR EACH ROW EXECUTE FUNCTION "
                        + ask("SELECT tgfoid::regproc::text FROM pg_trigger"
                                        + " WHERE tgname = 'ringshard_fence' AND tgrelid = 'customers'::regclass")
                                .get(0)
                        + "()");
        assertDenied(role, "SET ROLE " + roles.name(Role.OWNER));
        assertDenied(role, "UPDATE ringshard.schema_history SET success = true");
    }

    @Test
    void a_reader_can_neither_write_nor_keep_movers_off() {
        assertDenied(Role.READER, "SELECT ringshard.enter(1)");
        assertDenied(Role.READER, "SELECT * FROM ringshard.hold_owned()");
        assertDenied(Role.READER, insert("c-1", 1));
        assertDenied(Role.READER, "UPDATE customers SET first_name = 'Eve'");
        assertDenied(Role.READER, "DELETE FROM account_entries");
        assertDenied(Role.READER, "SELECT FROM customers FOR KEY SHARE");
    }

    @Test
    void a_mover_cannot_change_what_it_moves() {
        assertDenied(Role.MOVER, "UPDATE customers SET savings = savings + 1");
        assertDenied(Role.MOVER, "SELECT FROM customers FOR UPDATE");
    }

    @Test
    void announcing_oneself_as_a_mover_opens_the_fence_to_movers_alone() throws SQLException {
        long foreign = someTokenOf(2);
        long own = someTokenOf(1);
        String announced = "SET ringshard.mover = 'on'; ";

        roles.execute(1, Role.MOVER, announced + insert("staged", foreign));
        roles.execute(1, Role.APPLICATION, announced + insert("own", own));

        assertRefused(announced + insert("smuggled", foreign));
        assertRefused(announced + "UPDATE customers SET savings = 100 WHERE customer_key = 'staged'");
        assertRefused(announced + "UPDATE customers SET ring_token = %d WHERE customer_key = 'own'".formatted(foreign));
        assertRefused(announced + "DELETE FROM customers WHERE customer_key = 'staged'");
        roles.execute(1, Role.MOVER, announced + "DELETE FROM customers WHERE customer_key = 'staged'");
    }

    /** Every operator that PL/pgSQL could find by the caller's search_path, saying the opposite and betraying who ran it. */
    @Test
    void functions_of_the_callers_do_not_get_into_those_that_run_as_the_owner() throws SQLException {
        String application = roles.name(Role.APPLICATION);
        roles.execute(1, Role.OWNER, "CREATE SCHEMA evil; GRANT ALL ON SCHEMA evil TO " + application);
        for (String type : List.of("bigint", "text")) {
            roles.execute(1, Role.APPLICATION, """
                    CREATE FUNCTION evil.ran(a %1$s, b %1$s) RETURNS boolean LANGUAGE plpgsql AS $$
                    BEGIN RAISE EXCEPTION 'evil ran as %%', current_user; END $$""".formatted(type));
            for (String operator : List.of("=", "<>", "<", "<=", ">", ">=")) {
                roles.execute(
                        1,
                        Role.APPLICATION,
                        "CREATE OPERATOR evil.%s (FUNCTION = evil.ran, LEFTARG = %2$s, RIGHTARG = %2$s)"
                                .formatted(operator, type));
            }
        }
        for (String arguments : List.of("text, bigint", "text, text, bigint")) {
            roles.execute(1, Role.APPLICATION, """
                    CREATE FUNCTION evil.format(%s) RETURNS text LANGUAGE plpgsql AS $$
                    BEGIN RAISE EXCEPTION 'evil ran as %%', current_user; END $$""".formatted(arguments));
        }
        roles.execute(1, Role.APPLICATION, """
                CREATE FUNCTION evil.more(a varchar, b varchar) RETURNS varchar LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'evil ran as %', current_user; END $$;
                CREATE AGGREGATE evil.max(varchar) (SFUNC = evil.more, STYPE = varchar, INITCOND = '')""");
        roles.execute(
                1, Role.APPLICATION, "CREATE DOMAIN evil.text AS integer; CREATE TYPE evil.record AS (n integer)");
        String evil = "SET search_path = evil, public, pg_catalog; ";
        assertThatThrownBy(() -> roles.execute(1, Role.APPLICATION, evil + "SELECT 1::bigint <= 2::bigint"))
                .as("the trap works")
                .hasMessageContaining("evil ran as " + application);

        roles.execute(1, Role.APPLICATION, evil + insert("own", someTokenOf(1)));
        roles.execute(1, Role.APPLICATION, evil + "SELECT * FROM ringshard.hold_owned()");
        assertRefused(evil + insert("smuggled", someTokenOf(2)));
        assertRefused(evil + "SELECT ringshard.enter(%d)".formatted(someTokenOf(2)));
        assertRefused(evil + "UPDATE customers SET ring_token = %d".formatted(someTokenOf(2)));
        roles.execute(1, Role.APPLICATION, evil + "DELETE FROM customers");
    }

    @ParameterizedTest
    @EnumSource(
            value = Role.class,
            names = {"APPLICATION", "READER"})
    void nobody_but_the_mover_moves_anything(Role role) throws Exception {
        RingshardConfig config = roles.config(role);
        RingshardConfig draining =
                config.withShard(config.shard("eu-1").orElseThrow().withWeight(0));
        try (Ringshard cluster = Ringshard.open(draining)) {
            RebalancePlan plan = cluster.rebalancer().plan();
            assertThat(plan.isEmpty()).isFalse();
            assertMayNot(() -> cluster.rebalancer().run(plan, progress -> {}));
        }
        try (Ringshard bank = Ringshard.open(roles.config(Role.APPLICATION));
                HandMover dead = handedOver(bank);
                Ringshard cluster = Ringshard.open(config)) {
            assertMayNot(cluster::recover);
            dead.activate();
        }
    }

    private long someTokenOf(int shard) throws SQLException {
        try (Connection connection = roles.database(shard).connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT max(first_token) FROM ringshard.owned_range")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static String insert(String key, long token) {
        return "INSERT INTO customers (customer_key, first_name, last_name, ring_token) VALUES ('%s', 'A', 'B', %d)"
                .formatted(key, token);
    }

    private void assertDenied(Role role, String sql) {
        assertThatThrownBy(() -> roles.execute(1, role, sql))
                .as("%s: %s", role, sql)
                .isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState())
                        .as("%s: %s", sql, failure.getMessage())
                        .isEqualTo(DENIED));
    }

    private void assertRefused(String sql) {
        assertThatThrownBy(() -> roles.execute(1, Role.APPLICATION, sql))
                .as(sql)
                .isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState())
                        .as("%s: %s", sql, failure.getMessage())
                        .isEqualTo(FailureKind.NOT_OWNER_STATE));
    }

    private static void assertMayNot(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(SqlFailedException.class)
                .hasMessageContaining("its database user may not do this (permission denied")
                .hasMessageContaining("see \"Roles\" in src/docs/operations.md");
    }
}
