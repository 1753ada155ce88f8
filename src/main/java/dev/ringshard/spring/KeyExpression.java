package dev.ringshard.spring;

import dev.ringshard.failure.InvalidInputException;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.expression.Expression;
import org.springframework.expression.ExpressionException;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.util.ClassUtils;

/**
 * How the key of a method's calls is found.
 *
 * @param method as the class of the bean has it
 * @param parameter the number of the parameter that the expression is of; null if it is of the whole call
 * @param expression null if the parameter is the key
 */
record KeyExpression(
        Method method,
        @Nullable Integer parameter,
        @Nullable Expression expression) {
    private static final SpelExpressionParser PARSER = new SpelExpressionParser();
    private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

    /**
     * Of a method that says so, itself or where it is declared first; empty for others.
     *
     * @throws InvalidInputException if it says so twice, or its expression is none
     */
    static Optional<KeyExpression> of(Method method) {
        ShardKey ofMethod = AnnotatedElementUtils.findMergedAnnotation(method, ShardKey.class);
        Map<Integer, ShardKey> ofParameters = ofParameters(method);
        if (ofMethod == null && ofParameters.isEmpty()) {
            return Optional.empty();
        }
        if (ofParameters.size() > (ofMethod == null ? 1 : 0)) {
            throw new InvalidInputException(
                    "%s has more than one @ShardKey. Nothing was called. Leave one of them; several keys are given as a list."
                            .formatted(name(method)));
        }
        if (ofMethod != null) {
            if (ofMethod.value().isBlank()) {
                throw new InvalidInputException(
                        "@ShardKey of %s has no expression. Nothing was called. Give one, such as @ShardKey(\"#tenantId\"), or annotate the parameter."
                                .formatted(name(method)));
            }
            return Optional.of(new KeyExpression(method, null, parsed(method, ofMethod.value())));
        }
        Map.Entry<Integer, ShardKey> parameter =
                ofParameters.entrySet().iterator().next();
        String text = parameter.getValue().value();
        return Optional.of(new KeyExpression(method, parameter.getKey(), text.isBlank() ? null : parsed(method, text)));
    }

    /** By the number of the parameter; where the method itself is silent, as the interfaces have it that it implements. */
    private static Map<Integer, ShardKey> ofParameters(Method method) {
        Map<Integer, ShardKey> found = new TreeMap<>();
        if (method.getParameterCount() > 0) {
            declarations(method).forEach(declared -> {
                for (int i = 0; i < declared.getParameterCount(); i++) {
                    ShardKey annotation = declared.getParameters()[i].getAnnotation(ShardKey.class);
                    if (annotation != null) {
                        found.putIfAbsent(i, annotation);
                    }
                }
            });
        }
        return found;
    }

    private static Stream<Method> declarations(Method method) {
        return Stream.concat(
                Stream.of(method),
                ClassUtils.getAllInterfacesForClassAsSet(method.getDeclaringClass()).stream()
                        .flatMap(type -> Stream.of(type.getMethods()))
                        .filter(declared -> isImplementedBy(declared, method)));
    }

    private static boolean isImplementedBy(Method declared, Method method) {
        if (!declared.getName().equals(method.getName())
                || declared.getParameterCount() != method.getParameterCount()) {
            return false;
        }
        Class<?>[] declaredTypes = declared.getParameterTypes();
        Class<?>[] types = method.getParameterTypes();
        return IntStream.range(0, types.length).allMatch(i -> declaredTypes[i].isAssignableFrom(types[i]));
    }

    private static Expression parsed(Method method, String text) {
        try {
            return PARSER.parseExpression(text);
        } catch (ExpressionException noExpression) {
            throw new InvalidInputException(
                    "@ShardKey of %s has %s, which is no expression: %s. Nothing was called. Correct it."
                            .formatted(name(method), text, noExpression.getSimpleMessage()),
                    noExpression);
        }
    }

    /**
     * The key of a call.
     *
     * @throws InvalidInputException if there is none
     */
    Object key(Object bean, @Nullable Object[] arguments, BeanFactory beans) {
        Object key = value(bean, arguments, beans);
        if (key instanceof Optional<?> optional) {
            key = optional.orElse(null);
        }
        if (key == null) {
            throw new InvalidInputException(
                    "@ShardKey of %s gave no key%s, so nobody knows on which shard it is to work. It was not called. See that the key is there%s."
                            .formatted(
                                    name(method),
                                    expression == null ? "" : " by " + expression.getExpressionString(),
                                    parameter == null
                                            ? ", and that the names of parameters are compiled in (-parameters)"
                                            : ""));
        }
        return key;
    }

    private @Nullable Object value(Object bean, @Nullable Object[] arguments, BeanFactory beans) {
        Object root = parameter == null ? bean : arguments[parameter];
        if (expression == null || root == null) {
            return root;
        }
        MethodBasedEvaluationContext context = new MethodBasedEvaluationContext(root, method, arguments, NAMES);
        context.setBeanResolver(new BeanFactoryResolver(beans));
        try {
            return expression.getValue(context);
        } catch (ExpressionException failed) {
            throw new InvalidInputException(
                    "@ShardKey of %s could not be told by %s: %s. The method was not called. Correct the expression."
                            .formatted(name(method), expression.getExpressionString(), failed.getSimpleMessage()),
                    failed);
        }
    }

    private static String name(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }
}
