package dev.ringshard.ring;

import dev.ringshard.failure.InvalidInputException;

/**
 * Gives every key its token, the signed 64-bit position on the ring. The same key has the same token on every machine
 * and for ever: rows are stored under it. A function that changes its mind makes rows unreachable.
 *
 * <p>Of one's own: a public class with a public no-argument constructor, named by its full class name where the
 * configuration names the hash. Implementations must be safe for use by many threads at once.
 *
 * @see KeyHashes#named(String)
 */
public interface KeyHash {

    /** The most UTF-16 units that a key may have. */
    int LONGEST_KEY = 255;

    /** What each shard records as its hash function; not blank, and never changed once shards were initialised. */
    String name();

    /**
     * The token of the first {@code length} bytes of {@code utf8}.
     *
     * @param utf8 belongs to the caller, who reuses it: read it, do not keep or change it, and do not call
     *     {@link #token(String)} before having read it
     * @param length from 0 to {@code utf8.length}
     */
    long token(byte[] utf8, int length);

    /**
     * The token of a key: of its UTF-8 bytes. Makes no garbage of its own, because each thread encodes into one buffer.
     *
     * @throws InvalidInputException if the key is empty, is longer than {@link #LONGEST_KEY}, or contains U+0000 (which
     *     PostgreSQL cannot store) or a surrogate without its other half (which UTF-8 cannot express)
     */
    default long token(String key) {
        KeyBytes utf8 = KeyBytes.of(key);
        return token(utf8.array(), utf8.length());
    }
}
