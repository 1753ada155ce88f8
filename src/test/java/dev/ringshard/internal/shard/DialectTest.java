package dev.ringshard.internal.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

class DialectTest {

    @Test
    void a_database_that_jooq_talks_to_is_told_by_its_family() {
        assertThat(Dialect.of(DSL.using(SQLDialect.POSTGRES)).kind()).isEqualTo(DatabaseKind.POSTGRESQL);
        assertThat(Dialect.of(DSL.using(SQLDialect.H2)).kind()).isEqualTo(DatabaseKind.H2);
    }

    @Test
    void an_unknown_database_is_refused() {
        assertThatThrownBy(() -> Dialect.of(DSL.using(SQLDialect.MARIADB)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MARIADB");
    }
}
