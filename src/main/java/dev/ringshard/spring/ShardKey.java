package dev.ringshard.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * For which key a method of a bean works: {@link dev.ringshard.jdbc.ShardKey#with} around each call from outside of the bean, and
 * around the transaction if the method begins one. On a method with an expression, or on the parameter that is the key:
 *
 * <pre>{@code
 * @Transactional
 * @ShardKey("#order.tenantId")
 * void place(Order order) { … }
 *
 * List<Order> ordersOf(@ShardKey UUID tenant) { … }
 * }</pre>
 *
 * <p>A key is a text, a whole number or a {@link java.util.UUID}; or a collection of them, if one shard owns them all. Without a
 * key the method is not called. As with all that Spring does by proxies, calls from within the bean are not seen.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.PARAMETER})
public @interface ShardKey {
    /**
     * An expression of Spring's: of parameters by their names ({@code #tenantId}) or places ({@code #p0}), of beans
     * ({@code @tenants.current()}), of the bean itself ({@code #root}). On a parameter nothing: it is the key; or one of which
     * {@code #root} is the parameter, such as {@code tenantId}.
     */
    String value() default "";
}
