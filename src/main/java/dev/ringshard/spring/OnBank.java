package dev.ringshard.spring;

import dev.ringshard.failure.ConfigurationException;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** A cluster with the built-in bank, by the properties. */
final class OnBank implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        RingshardProperties properties = RingshardProperties.of(context.getEnvironment());
        try {
            return properties.nameCluster()
                    && properties
                            .configuration(context.getResourceLoader(), context.getEnvironment())
                            .bank()
                            .isOn();
        } catch (ConfigurationException unusable) {
            return false; // the bean of the configuration reports it
        }
    }
}
