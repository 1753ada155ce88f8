package dev.ringshard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.jdbc.RingshardDataSource;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Applications with Boot's own Flyway. Runs with the profiles {@code spring3} and {@code spring4}, as each line of Boot goes with
 * versions of Flyway of its own.
 */
class FlywayOfBootTest {
    private static final String WITHOUT_JPA =
            "spring.autoconfigure.exclude=org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration,"
                    + "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration";

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    /** With a second database beside the cluster. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class ApplicationWithADatabase {
        @Bean
        DataSource own() {
            TestDatabase database = TestCluster.database(DatabaseKind.H2);
            return new DriverManagerDataSource(database.url(), database.user(), database.password());
        }
    }

    @Test
    void an_application_that_names_no_cluster_is_migrated_as_ever() {
        TestDatabase database = TestCluster.database(DatabaseKind.H2);
        try (SpringShop app = start(
                Application.class,
                Stream.of(
                        "spring.datasource.url=" + database.url(),
                        "spring.datasource.username=" + database.user(),
                        "spring.flyway.locations=classpath:shop"))) {
            assertThat(app.context().getBeansOfType(Ringshard.class)).isEmpty();
            assertThat(names(app)).isEmpty();
        }
    }

    @Test
    void the_data_source_of_a_cluster_is_left_out() {
        try (SpringShop app = start(Application.class, cluster("spring.flyway.locations=classpath:shop"))) {
            assertThat(app.bean(Flyway.class).getConfiguration().getDataSource())
                    .isSameAs(app.ringshard().dataSource());
            assertThat(app.ringshard().status().isSettled()).isTrue();
        }
    }

    /** What would be without, and was: so that the test above shows something. */
    @Test
    void an_application_whose_flyway_is_not_left_out_does_not_start() {
        assertThatThrownBy(() -> start(
                                Application.class,
                                cluster(
                                        "spring.flyway.locations=classpath:shop",
                                        WITHOUT_JPA + ",dev.ringshard.spring.FlywayOfBoot3AutoConfiguration,"
                                                + "dev.ringshard.spring.FlywayOfBoot4AutoConfiguration"))
                        .close())
                .rootCause()
                .hasMessageContaining("no key");
    }

    @Test
    void another_database_of_the_application_is_migrated_as_ever() {
        try (SpringShop app =
                start(ApplicationWithADatabase.class, cluster("spring.flyway.locations=classpath:shop"))) {
            assertThat(app.context().getBeansOfType(RingshardDataSource.class)).isEmpty();
            assertThat(names(app)).isEmpty();
        }
    }

    private static List<String> names(SpringShop app) {
        return app.bean(JdbcTemplate.class).queryForList("SELECT name FROM tenants", String.class);
    }

    @Test
    void if_asked_its_migrations_are_those_of_every_shard() {
        Stream<String> properties = cluster(
                        "ringshard.flyway.on-every-shard=true",
                        "spring.flyway.locations=classpath:shop",
                        "spring.flyway.table=shop_history")
                .filter(property -> !property.startsWith("ringshard.tables.migrations"));
        try (SpringShop app = start(Application.class, properties)) {
            assertThat(List.of("eu-1", "eu-2")).allSatisfy(shard -> {
                int ran = dev.ringshard.jdbc.ShardKey.with(keyOn(app, shard), () -> app.bean(JdbcTemplate.class)
                        .queryForList("SELECT \"version\" FROM \"shop_history\" WHERE \"type\" = 'SQL'")
                        .size());
                assertThat(ran).isEqualTo(1);
            });
        }
    }

    private static UUID keyOn(SpringShop app, String shard) {
        return Stream.generate(UUID::randomUUID)
                .filter(key -> app.ringshard().router().locate(key).shard().equals(shard))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<String> cluster(String... more) {
        return Stream.concat(Stream.of(ShopApplication.properties(DatabaseKind.H2, 2)), Stream.of(more));
    }

    private static SpringShop start(Class<?> application, Stream<String> properties) {
        return SpringShop.start(
                application, Stream.concat(Stream.of(WITHOUT_JPA), properties).toArray(String[]::new));
    }
}
