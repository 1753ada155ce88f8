package dev.ringshard.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

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
 * <p>Migrations that PostgreSQL alone understands need a second version for H2, in a folder that {@code {vendor}} stands for.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface InMemoryShards {
    /** How many. */
    int value() default 2;
}
