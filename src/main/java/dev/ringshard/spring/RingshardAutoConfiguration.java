package dev.ringshard.spring;

import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.jdbc.RingshardDataSource;
import javax.sql.DataSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;

/**
 * The cluster, its data source where the application has none of its own, and keys for methods. Only names of Boot's classes that
 * moved between 3.5 and 4, so that it works with both.
 */
@AutoConfiguration(
        beforeName = {
            "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration"
        })
@Conditional(OnRingshard.class)
@EnableConfigurationProperties(RingshardProperties.class)
@Import(ShardKeyProxies.class)
class RingshardAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean({RingshardConfig.class, Ringshard.class})
    RingshardConfig ringshardConfig(RingshardProperties properties, ResourceLoader resources, Environment environment) {
        return properties.configuration(resources, environment);
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Ringshard ringshard(RingshardConfig config, RingshardProperties properties) {
        if (properties.init()) {
            Ringshard.init(config);
        }
        return Ringshard.open(config);
    }

    /** A pool by itself: nothing is put before it. */
    @Bean
    @ConditionalOnMissingBean(DataSource.class)
    RingshardDataSource dataSource(Ringshard ringshard) {
        return ringshard.dataSource();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ShardKeyAdvisor ringshardKeyAdvisor(BeanFactory beans) {
        return new ShardKeyAdvisor(beans);
    }
}
