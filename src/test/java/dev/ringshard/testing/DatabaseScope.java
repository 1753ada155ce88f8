package dev.ringshard.testing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/**
 * Drops the databases on the shared PostgreSQL server as soon as the test or the class that made them is over, so that a
 * whole run needs room for a few of them only. What another thread than the test's own makes stays until the JVM ends.
 */
public final class DatabaseScope implements BeforeAllCallback, TestInstancePreConstructCallback {
    private static final Namespace NAMESPACE = Namespace.create(DatabaseScope.class);
    private static final ThreadLocal<@Nullable Databases> CURRENT = new ThreadLocal<>();

    /** JUnit finds this extension by itself. */
    public DatabaseScope() {}

    @Override
    public void beforeAll(ExtensionContext context) {
        begin("class", context);
    }

    @Override
    public void preConstructTestInstance(TestInstanceFactoryContext factory, ExtensionContext context) {
        begin("instance", context);
    }

    /** A test's own context, where it has an instance of its own. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    private static void begin(String what, ExtensionContext context) {
        context.getStore(NAMESPACE).put(what, new Databases(CURRENT.get()));
    }

    static void add(TestDatabase database) {
        Databases current = CURRENT.get();
        if (current != null) {
            current.made.add(database);
        }
    }

    /** Leaves a database to the whole JVM. */
    static void keep(TestDatabase database) {
        for (Databases scope = CURRENT.get(); scope != null; scope = scope.outer) {
            scope.made.remove(database);
        }
    }

    private static final class Databases implements AutoCloseable {
        private final @Nullable Databases outer;
        private final List<TestDatabase> made = new ArrayList<>();

        Databases(@Nullable Databases outer) {
            this.outer = outer;
            CURRENT.set(this);
        }

        @Override
        public void close() {
            CURRENT.set(outer);
            made.forEach(PostgresServer.shared()::drop);
        }
    }
}
