package dev.ringshard.ring;

import dev.ringshard.failure.InvalidInputException;

/**
 * The UTF-8 bytes of a key, in a buffer that each thread has once and reuses. Written out by hand because
 * {@code String.getBytes} makes garbage on every call and silently turns half a surrogate pair into a question mark,
 * which would give different keys one token.
 */
final class KeyBytes {
    private static final int MOST_BYTES_PER_CHAR = 3;
    private static final ThreadLocal<KeyBytes> OF_THREAD = ThreadLocal.withInitial(KeyBytes::new);

    private final byte[] array = new byte[KeyHash.LONGEST_KEY * MOST_BYTES_PER_CHAR];
    private int length;

    private KeyBytes() {}

    /** The key's bytes, valid until this thread asks for another key's. */
    static KeyBytes of(String key) {
        checkLength(key);
        KeyBytes bytes = OF_THREAD.get();
        bytes.encode(key);
        return bytes;
    }

    byte[] array() {
        return array;
    }

    int length() {
        return length;
    }

    private static void checkLength(String key) {
        if (key.isEmpty()) {
            throw new InvalidInputException(
                    "A key is empty. Nothing was read or written. Give a key of at least one character.");
        }
        if (key.length() > KeyHash.LONGEST_KEY) {
            throw new InvalidInputException("A key has " + key.length() + " characters, and " + KeyHash.LONGEST_KEY
                    + " are allowed at most. Nothing was read or written. Shorten the key.");
        }
    }

    private void encode(String key) {
        int at = 0;
        while (at < key.length()) {
            char c = key.charAt(at);
            if (c == 0 || c >= 0x80) {
                break;
            }
            array[at++] = (byte) c;
        }
        length = at < key.length() ? encodeRest(key, at) : at;
    }

    /** From the first character on that is not plain ASCII; everything before it took one byte each. */
    private int encodeRest(String key, int from) {
        int to = from;
        for (int at = from; at < key.length(); at++) {
            char c = key.charAt(at);
            if (c == 0) {
                throw refused("U+0000", at);
            } else if (c < 0x80) {
                array[to++] = (byte) c;
            } else if (c < 0x800) {
                array[to++] = (byte) (0xC0 | (c >> 6));
                array[to++] = continuation(c);
            } else if (!Character.isSurrogate(c)) {
                array[to++] = (byte) (0xE0 | (c >> 12));
                array[to++] = continuation(c >> 6);
                array[to++] = continuation(c);
            } else {
                int codePoint = key.codePointAt(at);
                if (!Character.isSupplementaryCodePoint(codePoint)) {
                    throw refused("half a surrogate pair", at);
                }
                array[to++] = (byte) (0xF0 | (codePoint >> 18));
                array[to++] = continuation(codePoint >> 12);
                array[to++] = continuation(codePoint >> 6);
                array[to++] = continuation(codePoint);
                at++;
            }
        }
        return to;
    }

    private static byte continuation(int bits) {
        return (byte) (0x80 | (bits & 0x3F));
    }

    private static InvalidInputException refused(String what, int at) {
        return new InvalidInputException("A key contains " + what + ", as its character " + (at + 1)
                + ", which no database stores as text. Nothing was read or written. Remove that character.");
    }
}
