package dev.ringshard.chaos;

import dev.ringshard.testing.JavaProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Processes of {@link ChaosMover} that stand by, so that a move need not wait for a JVM to start. Thread-safe. */
final class Movers implements AutoCloseable {
    private final Path directory;
    private final Path config;
    private final List<JavaProcess> current = new ArrayList<>();
    private int started;

    /** @param config by which each plans once before it is told anything */
    Movers(Path directory, Path config) {
        this.directory = directory;
        this.config = config;
    }

    /** Lets so many stand by. */
    synchronized void standBy(int number) {
        while (current.size() < number) {
            current.add(next());
        }
    }

    private JavaProcess next() {
        return JavaProcess.start("mover-" + ++started, directory, ChaosMover.class, List.of(config.toString()));
    }

    /** The mover of that number, from 0. */
    synchronized JavaProcess get(int number) {
        replaceTheDead();
        return current.get(number);
    }

    /** The successors begin at once to get ready. */
    synchronized void replaceTheDead() {
        current.replaceAll(mover -> {
            if (mover.isAlive()) {
                return mover;
            }
            mover.close();
            return next();
        });
    }

    /** Kills them all. */
    @Override
    public synchronized void close() {
        current.forEach(JavaProcess::close);
    }
}
