package dev.ringshard.ring;

import com.dynatrace.hash4j.hashing.Hashing;
import dev.ringshard.failure.InvalidInputException;
import java.lang.reflect.InvocationTargetException;
import org.jspecify.annotations.Nullable;

/** The hash functions that come with Ringshard, and the way to one's own. */
public final class KeyHashes {

    /** {@code md5}, the default: the first eight bytes of the MD5 digest, big-endian. */
    public static final KeyHash MD5 = new Md5();

    /**
     * {@code murmur3}: the first half (h1) of MurmurHash3_x64_128 with seed 0. Cassandra prints the same for ASCII keys
     * only: for other bytes its variant departs from the reference. Unlike the other two it makes
     * a little garbage, 32 bytes a token.
     */
    public static final KeyHash MURMUR3 = new LibraryHash("murmur3", Hashing.murmur3_128());

    /** {@code xxh3}: XXH3_64bits with seed 0. */
    public static final KeyHash XXH3 = new LibraryHash("xxh3", Hashing.xxh3_64());

    private static final String ALLOWED =
            "Allowed are md5, murmur3, xxh3, or the full name of a public class that implements "
                    + KeyHash.class.getName() + " and has a public constructor without parameters.";

    private KeyHashes() {}

    /**
     * The function of that name: {@code md5}, {@code murmur3}, {@code xxh3}, or a class of the caller's, by its name as
     * {@link Class#getName()} gives it. The class is looked for by the thread's context class loader and then by
     * Ringshard's own.
     *
     * @throws InvalidInputException if there is no such function or class, or if the class cannot be used
     */
    public static KeyHash named(String nameOrClassName) {
        return switch (nameOrClassName) {
            case "md5" -> MD5;
            case "murmur3" -> MURMUR3;
            case "xxh3" -> XXH3;
            default -> ofClass(nameOrClassName);
        };
    }

    private static KeyHash ofClass(String className) {
        Class<?> found = load(className);
        if (!KeyHash.class.isAssignableFrom(found)) {
            throw refused("The class " + className + " does not implement KeyHash.", null);
        }
        KeyHash hash = create(found.asSubclass(KeyHash.class));
        if (hash.name().isBlank()) {
            throw refused("The hash function " + className + " has a blank name().", null);
        }
        return hash;
    }

    private static Class<?> load(String className) {
        try {
            return Class.forName(className, false, Thread.currentThread().getContextClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            return loadAsRingshard(className, e);
        }
    }

    private static Class<?> loadAsRingshard(String className, Throwable before) {
        try {
            return Class.forName(className, false, KeyHashes.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            e.addSuppressed(before);
            throw refused("There is no hash function and no loadable class named '" + className + "'.", e);
        }
    }

    private static KeyHash create(Class<? extends KeyHash> type) {
        try {
            return type.getConstructor().newInstance();
        } catch (InvocationTargetException e) {
            throw refused("The constructor of the hash function " + type.getName() + " failed.", e.getCause());
        } catch (ReflectiveOperationException | LinkageError e) {
            throw refused("The hash function " + type.getName() + " could not be created.", e);
        }
    }

    private static InvalidInputException refused(String what, @Nullable Throwable cause) {
        return new InvalidInputException(what + " Nothing was read or written. " + ALLOWED, cause);
    }
}
