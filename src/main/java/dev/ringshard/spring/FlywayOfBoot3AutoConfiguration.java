package dev.ringshard.spring;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** {@link FlywayOfBoot} where Boot 3 has it. */
@AutoConfiguration(after = RingshardAutoConfiguration.class)
@Conditional(OnRingshard.class)
@ConditionalOnClass(
        name = {"org.flywaydb.core.Flyway", "org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy"})
class FlywayOfBoot3AutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    FlywayMigrationStrategy ringshardFlywayStrategy() {
        return FlywayOfBoot::migrate;
    }
}
