package dev.ringshard.spring;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** {@link FlywayOfBoot} where Boot 4 has it. */
@AutoConfiguration(after = RingshardAutoConfiguration.class)
@Conditional(OnRingshard.class)
@ConditionalOnClass(
        name = {"org.flywaydb.core.Flyway", "org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy"})
class FlywayOfBoot4AutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    FlywayMigrationStrategy ringshardFlywayStrategy() {
        return FlywayOfBoot::migrate;
    }
}
