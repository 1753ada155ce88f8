package dev.ringshard.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class VerifyOwnTablesPostgresTest extends VerifyOwnTablesContract {
    VerifyOwnTablesPostgresTest() throws SQLException {}

    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }

    @Test
    void a_database_that_computes_other_tokens_than_the_router_is_found_by_every_row() throws SQLException {
        shop.pastTheFence("eu-1", """
                CREATE OR REPLACE FUNCTION ringshard.token(shard_key text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
                    RETURN (%d)::bigint""".formatted(token));

        Verification found = shop.ringshard().verify();

        assertThat(found.rows().wrongTokens().count()).isPositive();
        assertThat(found.rows().wrongTokens().examples()).allSatisfy(row -> {
            assertThat(row.shard()).isEqualTo("eu-1");
            assertThat(row.token()).isEqualTo(token);
            assertThat(row.keyToken()).hasValue(shop.token(row.key()));
        });
        assertThat(found.rows().misplaced().isNone()).isTrue();
    }
}
