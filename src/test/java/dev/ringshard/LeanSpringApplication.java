package dev.ringshard;

import dev.ringshard.spring.ShardKey;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/** An application of Spring Boot's that {@link OptionalArtifactsPostgresTest} runs with little more than JDBC. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(excludeName = "org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration")
@SuppressWarnings("SystemOut")
class LeanSpringApplication {

    /** Starts it, writes and reads, and prints how many it has read. */
    public static void main(String[] arguments) {
        String[] properties = Stream.of(
                        "spring.main.banner-mode=off",
                        "ringshard.cluster=shop",
                        "ringshard.bank=false",
                        "ringshard.init=true",
                        "ringshard.tables.sharded[0].name=tenants",
                        "ringshard.tables.sharded[0].key=id",
                        "ringshard.tables.sharded[1].name=orders",
                        "ringshard.tables.sharded[1].key=tenant_id",
                        "ringshard.tables.migrations=classpath:shop",
                        "ringshard.shards[0].name=eu-1",
                        "ringshard.shards[0].url=jdbc:h2:mem:lean-1;DB_CLOSE_DELAY=-1",
                        "ringshard.shards[0].user=sa")
                .map(property -> "--" + property)
                .toArray(String[]::new);
        try (ConfigurableApplicationContext context = SpringApplication.run(LeanSpringApplication.class, properties)) {
            Tenants tenants = context.getBean(Tenants.class);
            UUID tenant = UUID.randomUUID();
            tenants.add(tenant);
            System.out.println("read: " + tenants.count(tenant));
        }
    }

    @Bean
    Tenants tenants(JdbcTemplate jdbc) {
        return new Tenants(jdbc);
    }

    static class Tenants {
        private final JdbcTemplate jdbc;

        Tenants(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Transactional
        public void add(@ShardKey UUID tenant) {
            jdbc.update("INSERT INTO tenants (id, name) VALUES (?, 'Ada')", tenant);
        }

        @Transactional(readOnly = true)
        public int count(@ShardKey UUID tenant) {
            return jdbc.queryForList("SELECT name FROM tenants WHERE id = ?", tenant)
                    .size();
        }
    }
}
