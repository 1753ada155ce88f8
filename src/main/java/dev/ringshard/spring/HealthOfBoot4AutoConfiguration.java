package dev.ringshard.spring;

import dev.ringshard.Ringshard;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** {@link ShardHealth} where Boot 4 has health. */
@AutoConfiguration(after = RingshardAutoConfiguration.class)
@Conditional(OnRingshard.class)
@ConditionalOnClass(
        name = {
            "org.springframework.boot.health.contributor.HealthIndicator",
            "org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator"
        })
@ConditionalOnEnabledHealthIndicator("ringshard")
class HealthOfBoot4AutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "ringshardHealthIndicator")
    HealthIndicator ringshardHealthIndicator(Ringshard ringshard) {
        return () -> {
            ShardHealth health = ShardHealth.of(ringshard.status());
            return Health.status(health.code()).withDetails(health.details()).build();
        };
    }
}
