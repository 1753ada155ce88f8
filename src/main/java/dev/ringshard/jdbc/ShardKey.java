package dev.ringshard.jdbc;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.ring.KeyType;
import java.sql.ShardingKey;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The key, or the keys, for which a connection works; and, for code that only calls {@code getConnection()}, the one for which
 * a thread works. Keys are equal if they say the same, however they are written: a number of any class, or its digits. Immutable.
 *
 * <p>Several keys work in one transaction if one shard owns them all; whether it does shows when a transaction begins, before
 * anything is run.
 */
public final class ShardKey implements ShardingKey {
    private static final ThreadLocal<ShardKey> BOUND = new ThreadLocal<>();

    private final List<String> texts;

    private ShardKey(List<String> texts) {
        this.texts = texts;
    }

    /** Work for a key that returns something. */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object, E extends Exception> {
        T run() throws E;
    }

    /** Work for a key. */
    @FunctionalInterface
    public interface Action<E extends Exception> {
        void run() throws E;
    }

    /**
     * A key.
     *
     * @param key a text, a whole number, or a {@link java.util.UUID}
     * @throws InvalidInputException if it can be no key of any cluster
     */
    public static ShardKey of(Object key) {
        return key instanceof Collection<?> keys ? of(keys) : new ShardKey(List.of(KeyType.TEXT.canonical(key)));
    }

    /**
     * Keys that one shard must own.
     *
     * @throws InvalidInputException if there is none, or one that can be no key of any cluster
     */
    public static ShardKey of(Collection<?> keys) {
        if (keys.isEmpty()) {
            throw new InvalidInputException(
                    "A connection needs at least one key: its key says on which shard it works. Nothing was done.");
        }
        return new ShardKey(
                keys.stream().map(KeyType.TEXT::canonical).distinct().sorted().toList());
    }

    /**
     * Runs work in which {@code getConnection()} of this thread is for a key. Within other such work, the inner key holds until
     * the inner work ends; meanwhile a connection that was got for the outer one runs nothing, unless it is for the inner key as
     * well. Other threads do not see it.
     *
     * @return what the work returned
     * @throws E what the work throws
     * @throws InvalidInputException as {@link #of(Object)}; nothing was run
     */
    public static <T extends @Nullable Object, E extends Exception> T with(Object key, Work<T, E> work) throws E {
        ShardKey outer = BOUND.get();
        BOUND.set(key instanceof ShardKey known ? known : of(key));
        try {
            return work.run();
        } finally {
            if (outer == null) {
                BOUND.remove();
            } else {
                BOUND.set(outer);
            }
        }
    }

    /** As {@link #with(Object, Work)}, of work that returns nothing. */
    public static <E extends Exception> void with(Object key, Action<E> action) throws E {
        ShardKey.<@Nullable Object, E>with(key, () -> {
            action.run();
            return null;
        });
    }

    /** The key for which this thread works. */
    static Optional<ShardKey> bound() {
        return Optional.ofNullable(BOUND.get());
    }

    /** Whether it says all that another one says. */
    boolean covers(ShardKey other) {
        return texts.containsAll(other.texts);
    }

    List<String> texts() {
        return texts;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ShardKey key && key.texts.equals(texts);
    }

    @Override
    public int hashCode() {
        return texts.hashCode();
    }

    /** Names no key: it may stand in a log. */
    @Override
    public String toString() {
        return texts.size() == 1 ? "a sharding key" : "a sharding key of " + texts.size() + " keys";
    }
}
