package dev.ringshard.spring;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.web.filter.OncePerRequestFilter;

/** Keys of web requests; nothing, unless the application says where they have them. */
@AutoConfiguration(after = RingshardAutoConfiguration.class)
@Conditional(OnRingshard.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(OncePerRequestFilter.class)
class RingshardWebAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(RequestKey.class)
    @Conditional(OnWeb.class)
    RequestKey ringshardRequestKey(RingshardProperties properties) {
        RingshardProperties.Web web = properties.web();
        return RequestKeys.of(web == null ? new RingshardProperties.Web(null, null, false) : web);
    }

    @Bean
    @ConditionalOnBean(RequestKey.class)
    ShardKeyFilter ringshardKeyFilter(RequestKey key) {
        return new ShardKeyFilter(key);
    }

    /** Properties that say where requests have their key. */
    static final class OnWeb implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return RingshardProperties.of(context.getEnvironment()).web() != null;
        }
    }
}
