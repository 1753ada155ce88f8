package dev.ringshard.cli.command;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A request to stop: Ctrl-C, or the signal by which a service manager ends a process. A shutdown hook would not
 * do: embedded databases close in hooks of their own, at the same time. A second signal ends the process as usual.
 *
 * <p>By reflection, because {@code sun.misc.Signal} is supported in every JDK and part of no standard; where it is
 * missing, signals do what they always do.
 */
public final class Interruption implements AutoCloseable {
    private final Map<Object, Object> earlierHandlers = new HashMap<>();
    private final List<Runnable> listeners = new ArrayList<>();
    private volatile boolean isRequested;

    /** Watches from now until closed. */
    public static Interruption watch() {
        Interruption interruption = new Interruption();
        interruption.handle(
                () -> {
                    interruption.requested();
                    interruption.close();
                },
                "INT",
                "TERM");
        return interruption;
    }

    /** Leaves every Ctrl-C to a program that has the terminal meanwhile, until closed. */
    public static Interruption leftToProgram() {
        Interruption interruption = new Interruption();
        interruption.handle(() -> {}, "INT");
        return interruption;
    }

    private void handle(Runnable answer, String... names) {
        for (String name : names) {
            try {
                handle(name, answer);
            } catch (ReflectiveOperationException | IllegalArgumentException unavailable) {
                // This signal ends the process at once, which the next run mends.
            }
        }
    }

    private void handle(String name, Runnable answer) throws ReflectiveOperationException {
        Object signal =
                Class.forName("sun.misc.Signal").getConstructor(String.class).newInstance(name);
        Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
        Object handler = Proxy.newProxyInstance(
                Interruption.class.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                    if (method.getName().equals("handle")) {
                        answer.run();
                    }
                    return null;
                });
        earlierHandlers.put(signal, install(signal, handler));
    }

    private static Object install(Object signal, Object handler) throws ReflectiveOperationException {
        return signal.getClass()
                .getMethod("handle", signal.getClass(), Class.forName("sun.misc.SignalHandler"))
                .invoke(null, signal, handler);
    }

    private synchronized void requested() {
        isRequested = true;
        listeners.forEach(Runnable::run);
    }

    /** Runs this when a stop is requested; at once, if it was before. */
    public synchronized void onRequest(Runnable listener) {
        listeners.add(listener);
        if (isRequested) {
            listener.run();
        }
    }

    /** Whether a stop was requested. */
    public boolean isRequested() {
        return isRequested;
    }

    /** Whether the process is about to end, such as after a signal that is not watched. */
    public static boolean isProcessEnding() {
        Thread hook = new Thread(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            Runtime.getRuntime().removeShutdownHook(hook);
            return false;
        } catch (IllegalStateException ending) {
            return true;
        }
    }

    /** Gives the signals back their usual meaning. */
    @Override
    public synchronized void close() {
        earlierHandlers.forEach((signal, handler) -> {
            try {
                install(signal, handler);
            } catch (ReflectiveOperationException impossible) {
                throw new IllegalStateException(impossible);
            }
        });
        earlierHandlers.clear();
    }
}
