package dev.ringshard.spring;

import java.lang.reflect.Method;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.annotation.AnnotationUtils;

/**
 * Binds keys around methods that have {@link ShardKey}. Its order comes before that of Spring's transactions, so that a transaction
 * begins for the key that its method has.
 */
final class ShardKeyAdvisor extends StaticMethodMatcherPointcutAdvisor {
    /** Transactions have the last order there is, unless an application gives them another. */
    static final int ORDER = 0;

    private static final long serialVersionUID = 1;

    private final transient BeanFactory beans;
    /** Of methods that were called. */
    private final transient Map<Method, Optional<KeyExpression>> known = new ConcurrentHashMap<>();

    ShardKeyAdvisor(BeanFactory beans) {
        this.beans = beans;
        setAdvice((MethodInterceptor) this::call);
        setOrder(ORDER);
    }

    @Override
    public boolean matches(Method method, Class<?> type) {
        return !method.isSynthetic()
                && AnnotationUtils.isCandidateClass(method.getDeclaringClass(), ShardKey.class)
                && AnnotationUtils.isCandidateClass(type, ShardKey.class)
                && KeyExpression.of(AopUtils.getMostSpecificMethod(method, type))
                        .isPresent();
    }

    private @Nullable Object call(MethodInvocation call) throws Throwable {
        Object bean = call.getThis();
        if (bean == null) {
            return call.proceed();
        }
        Method method = AopUtils.getMostSpecificMethod(call.getMethod(), AopUtils.getTargetClass(bean));
        Optional<KeyExpression> key = known.computeIfAbsent(method, KeyExpression::of);
        if (key.isEmpty()) {
            return call.proceed();
        }
        return dev.ringshard.jdbc.ShardKey.<@Nullable Object, Exception>with(
                key.get().key(bean, call.getArguments(), beans), () -> proceed(call));
    }

    private static @Nullable Object proceed(MethodInvocation call) throws Exception {
        try {
            return call.proceed();
        } catch (Exception | Error failure) {
            throw failure;
        } catch (Throwable neither) {
            throw new UndeclaredThrowableException(neither);
        }
    }
}
