package dev.ringshard.spring;

import dev.ringshard.Ringshard;
import dev.ringshard.metrics.RingshardMetrics;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Meters, and the endpoint {@code ringshard}, where the application has Micrometer and the actuator. */
@AutoConfiguration(after = RingshardAutoConfiguration.class)
@Conditional(OnRingshard.class)
class RingshardActuatorAutoConfiguration {

    /** Boot binds it to every registry. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "io.micrometer.core.instrument.binder.MeterBinder")
    static class Meters {
        @Bean(destroyMethod = "close")
        @ConditionalOnMissingBean
        RingshardMetrics ringshardMetrics(Ringshard ringshard) {
            return RingshardMetrics.of(ringshard);
        }
    }

    /** Exposed as the application says of endpoints. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            name = {
                "org.springframework.boot.actuate.endpoint.annotation.Endpoint",
                "org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint"
            })
    static class Endpoints {
        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnAvailableEndpoint
        RingshardEndpoint ringshardEndpoint(Ringshard ringshard) {
            return new RingshardEndpoint(ringshard);
        }
    }
}
