package dev.ringshard.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Tests an application on fresh H2 databases in memory, in the place of its shards: they are founded, with the application's
 * migrations, when it starts. Needs H2 and Flyway on the class path of the tests.
 *
 * <pre>{@code
 * @SpringBootTest
 * @InMemoryShards
 * class OrdersTest { … }
 * }</pre>
 *
 * <p>In a slice, which leaves out most of what configures itself, it brings the cluster and its data source, and has Boot keep
 * that in the place of a database of the slice's own.
 *
 * <p>Migrations that PostgreSQL alone understands need a second version for H2, in a folder that {@code {vendor}} stands for.
 */
@ImportAutoConfiguration
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface InMemoryShards {
    /** How many. */
    int value() default 2;
}
