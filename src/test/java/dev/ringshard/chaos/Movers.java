package dev.ringshard.chaos;

import dev.ringshard.testing.JavaProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Processes of {@link ChaosMover} that stand by, so that a move need not wait for a JVM to start. Thread-safe. */
final class Movers implements AutoCloseable {
    private final Path directory;
    private final List<JavaProcess> current = new ArrayList<>();
    private int started;

    Movers(Path directory) {
        this.directory = directory;
    }

    /** Lets so many stand by. */
    synchronized void standBy(int number) {
        while (current.size() < number) {
            current.add(next());
        }
    }

    private JavaProcess next() {
        return JavaProcess.start("mover-" + ++started, directory, ChaosMover.class, List.of());
    }

    /** The mover of that number, from 0; another if the last one is dead. */
    synchronized JavaProcess get(int number) {
        JavaProcess mover = current.get(number);
        if (!mover.isAlive()) {
            mover.close();
            mover = next();
            current.set(number, mover);
        }
        return mover;
    }

    /** Kills them all. */
    @Override
    public synchronized void close() {
        current.forEach(JavaProcess::close);
    }
}
