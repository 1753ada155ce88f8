package dev.ringshard.spring;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextAnnotationUtils;

/** What {@link InMemoryShards} does to the context of a test, whichever way the application is configured. */
final class InMemoryShardsCustomizerFactory implements ContextCustomizerFactory {

    @Override
    public @Nullable ContextCustomizer createContextCustomizer(
            Class<?> test, List<ContextConfigurationAttributes> attributes) {
        InMemoryShards wanted = TestContextAnnotationUtils.findMergedAnnotation(test, InMemoryShards.class);
        return wanted == null ? null : new Customizer(wanted.value());
    }

    /** Equal for two tests that want as many, so that they share a context. */
    private record Customizer(int shards) implements ContextCustomizer {
        @Override
        public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration merged) {
            context.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource(
                            "shards in memory",
                            Map.of("ringshard.init", "true", "spring.test.database.replace", "none")));
            context.getBeanFactory().addBeanPostProcessor(new Replacing(shards));
        }
    }

    private record Replacing(int shards) implements BeanPostProcessor {
        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            return bean instanceof RingshardConfig config ? inMemory(config) : bean;
        }

        private RingshardConfig inMemory(RingshardConfig config) {
            String run = UUID.randomUUID().toString();
            List<ShardConfig> inMemory = IntStream.rangeClosed(1, shards)
                    .mapToObj(i -> ShardConfig.of(
                            "memory-" + i, "jdbc:h2:mem:%s-%d;DB_CLOSE_DELAY=-1".formatted(run, i), "sa", ""))
                    .toList();
            return new RingshardConfig(
                    config.cluster(),
                    config.ring(),
                    inMemory,
                    config.routingTimeout(),
                    config.purgeAfter(),
                    config.tables(),
                    config.bank(),
                    config.hasOutbox());
        }
    }
}
