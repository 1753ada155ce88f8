package dev.ringshard.spring;

import dev.ringshard.Ringshard;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** {@link ShardHealth} where Boot 3 has health. */
@AutoConfiguration(after = RingshardAutoConfiguration.class)
@Conditional(OnRingshard.class)
@ConditionalOnClass(
        name = {
            "org.springframework.boot.actuate.health.HealthIndicator",
            "org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator"
        })
@ConditionalOnEnabledHealthIndicator("ringshard")
class HealthOfBoot3AutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "ringshardHealthIndicator")
    HealthIndicator ringshardHealthIndicator(Ringshard ringshard) {
        return () -> {
            ShardHealth health = ShardHealth.of(ringshard.status());
            return Health.status(health.code()).withDetails(health.details()).build();
        };
    }
}
