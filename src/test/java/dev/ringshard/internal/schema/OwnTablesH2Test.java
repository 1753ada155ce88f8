package dev.ringshard.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.h2.api.Trigger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnTablesH2Test extends OwnTablesContract {
    private static final String PARENTS_AND_CHILDREN = """
            CREATE TABLE parents (id int PRIMARY KEY, ring_token bigint NOT NULL);
            CREATE INDEX parents_ring_token ON parents (ring_token);
            CREATE TABLE children (parent int, ring_token bigint NOT NULL,
                CONSTRAINT of_parent FOREIGN KEY (parent) REFERENCES parents%s);
            CREATE INDEX children_ring_token ON children (ring_token);
            """;
    private static final String HOW = "Drop them, or use PostgreSQL, where a mover can pass them.";

    OwnTablesH2Test(@TempDir Path migrations) {
        super(migrations);
    }

    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }

    @Override
    String takeAway(String table) {
        return "DROP TRIGGER " + table + "_ringshard_fence";
    }

    /** H2 has no session in which it does not: no mover can pass it. */
    @ParameterizedTest
    @ValueSource(strings = {"CASCADE", "SET NULL", "SET DEFAULT"})
    void a_foreign_key_that_acts_on_deleted_rows_is_refused_by_init(String rule) throws IOException {
        assertThat(problems(parentsAndChildren(" ON DELETE " + rule)))
                .containsExactly(
                        "parents has foreign key of_parent of children, which would act on rows that move. " + HOW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ON DELETE RESTRICT", " ON DELETE NO ACTION", " ON UPDATE CASCADE"})
    void a_foreign_key_that_does_not_is_fine(String rule) throws IOException {
        RingshardConfig config = parentsAndChildren(rule);

        Ringshard.init(config);

        assertThat(Ringshard.check(config).isSound()).isTrue();
    }

    @Test
    void a_check_tells_of_a_trigger_that_came_after_init() throws IOException, SQLException {
        RingshardConfig config = parentsAndChildren("");
        Ringshard.init(config);
        sql(1, "CREATE TRIGGER audit AFTER DELETE ON parents FOR EACH ROW CALL '%s'".formatted(Audit.class.getName()));

        assertThat(Ringshard.check(config).problem()).hasValueSatisfying(problem -> assertThat(problem)
                .contains(
                        "The tables of shard eu-2 are not as they are configured.",
                        "parents has trigger audit, which would act on rows that move. " + HOW));
    }

    private RingshardConfig parentsAndChildren(String rule) throws IOException {
        migration("V1__parents.sql", PARENTS_AND_CHILDREN.formatted(rule));
        return config("parents", "children")
                .migrations("filesystem:" + migrations)
                .build();
    }

    /** An application's trigger. */
    public static final class Audit implements Trigger {
        @Override
        public void fire(
                Connection connection, @Nullable Object @Nullable [] oldRow, @Nullable Object @Nullable [] newRow) {
            // that it is there is enough
        }
    }
}
