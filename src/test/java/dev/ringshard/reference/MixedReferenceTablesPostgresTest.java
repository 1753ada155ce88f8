package dev.ringshard.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reference tables of a cluster on H2 and PostgreSQL. */
class MixedReferenceTablesPostgresTest {
    @ParameterizedTest
    @EnumSource(DatabaseKind.class)
    void rows_get_from_either_database_to_the_other(DatabaseKind home) throws SQLException {
        DatabaseKind other = home == DatabaseKind.H2 ? DatabaseKind.POSTGRESQL : DatabaseKind.H2;
        try (ReferencedShop shop = ReferencedShop.of(home, 2, Map.of("eu-2", other))) {
            assertThat(shop.countriesOn("eu-2")).containsExactly("FR France 68", "JP Japan 124");

            ReferenceUpdate update = shop.countries().update(tx -> {
                tx.dsl().execute("DELETE FROM countries WHERE code = 'JP'");
                tx.dsl().execute("UPDATE countries SET name = 'Gaul', population = NULL WHERE code = 'FR'");
                tx.dsl().execute("INSERT INTO countries (code, name, currency) VALUES ('ES', 'España', 'EUR')");
            });

            assertThat(update.behind()).isEmpty();
            assertThat(shop.countriesOn("eu-2")).containsExactly("ES España 0", "FR Gaul 0");
            assertThat(shop.ringshard().verify().isOk()).isTrue();
        }
    }
}
