package dev.ringshard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.jdbc.RingshardDataSource;
import dev.ringshard.spring.ShopApplication.Orders;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;

/** What is in an application of Spring Boot's when it starts with Ringshard on its class path. */
class StartingApplicationTest {

    @Test
    void the_dependency_alone_changes_nothing() {
        try (SpringShop app = SpringShop.start(
                "spring.datasource.url=" + TestCluster.database(DatabaseKind.H2).url())) {
            assertThat(app.context().getBeansOfType(Ringshard.class)).isEmpty();
            assertThat(app.context().getBeanNamesForType(Object.class)).noneMatch(name -> name.startsWith("ringshard"));
            assertThat(app.bean(DataSource.class)).isNotInstanceOf(RingshardDataSource.class);
            assertThat(app.bean(JdbcTemplate.class).queryForList("SELECT 1")).hasSize(1);
        }
    }

    @Test
    void with_properties_there_are_the_cluster_and_its_data_source() {
        try (SpringShop app = SpringShop.start(DatabaseKind.H2, 2)) {
            UUID tenant = app.tenantOn("eu-2");

            assertThat(app.bean(DataSource.class)).isSameAs(app.ringshard().dataSource());
            assertThat(app.context().getBeansOfType(CustomerRepository.class)).isEmpty();
            assertThat(app.bean(Orders.class).count(tenant)).isZero();
            assertThat(app.ringshard().status().isSettled()).isTrue();
        }
    }

    @Test
    @Tag("ci")
    void with_the_bank_there_are_customers() {
        TestDatabase database = TestCluster.database(DatabaseKind.H2);
        try (SpringShop app = SpringShop.start(
                "ringshard.cluster=bank",
                "ringshard.init=true",
                "ringshard.shards[0].name=eu-1",
                "ringshard.shards[0].url=" + database.url(),
                "ringshard.shards[0].user=" + database.user())) {
            assertThat(app.bean(CustomerRepository.class).count()).isZero();
        }
    }

    @Test
    @Tag("ci")
    void a_configuration_of_the_applications_own_needs_no_properties() {
        try (SpringShop app = SpringShop.start(OwnConfiguration.class, "ringshard.init=true")) {
            assertThat(app.bean(DataSource.class)).isInstanceOf(RingshardDataSource.class);
            assertThat(app.ringshard().status().cluster()).isEqualTo("built");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import(ShopApplication.class)
    static class OwnConfiguration {
        @Bean
        RingshardConfig config() {
            TestDatabase database = TestCluster.database(DatabaseKind.H2);
            return RingshardConfig.builder("built")
                    .shard(ShardConfig.of("eu-1", database.url(), database.user(), database.password()))
                    .build();
        }
    }

    @Test
    @Tag("ci")
    void a_configuration_in_yaml_is_a_file_or_a_resource(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("ringshard.yaml");
        Files.writeString(
                file,
                "cluster: in-yaml\nshards:\n"
                        + TestCluster.database(DatabaseKind.H2).yaml("eu-1") + "\n");
        try (SpringShop app = SpringShop.start("ringshard.config=" + file.toUri(), "ringshard.init=true")) {
            assertThat(app.ringshard().status().cluster()).isEqualTo("in-yaml");
            assertThat(app.bean(CustomerRepository.class).count()).isZero();
        }
        assertThatThrownBy(() -> SpringShop.start("ringshard.config=classpath:no-such.yaml"))
                .rootCause()
                .hasMessageContaining("ringshard.config is 'classpath:no-such.yaml', which cannot be read");
        assertThatThrownBy(() -> SpringShop.start("ringshard.config=" + file.toUri(), "ringshard.cluster=shop"))
                .rootCause()
                .hasMessageContaining("ringshard.config is given, and so is ringshard.cluster");
    }

    @Test
    @Tag("ci")
    void a_cluster_that_was_not_founded_keeps_the_application_from_starting_and_says_what_to_do() {
        String[] properties = Stream.of(ShopApplication.properties(DatabaseKind.H2, 1))
                .filter(property -> !property.startsWith("ringshard.init"))
                .toArray(String[]::new);
        assertThatThrownBy(() -> SpringShop.start(properties)).rootCause().hasMessageContaining("init");
    }
}
