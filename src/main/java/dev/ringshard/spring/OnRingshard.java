package dev.ringshard.spring;

import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** An application that says which cluster it works with: by properties, or by a bean. Without that, nothing changes in it. */
final class OnRingshard extends AnyNestedCondition {
    OnRingshard() {
        super(ConfigurationPhase.REGISTER_BEAN);
    }

    @Conditional(Properties.class)
    static final class ByProperties {}

    @ConditionalOnBean(RingshardConfig.class)
    static final class ByConfiguration {}

    @ConditionalOnBean(Ringshard.class)
    static final class ByCluster {}

    /** Properties that say which cluster it is. */
    static final class Properties implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return RingshardProperties.of(context.getEnvironment()).nameCluster();
        }
    }
}
