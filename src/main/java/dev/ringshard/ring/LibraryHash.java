package dev.ringshard.ring;

import com.dynatrace.hash4j.hashing.Hasher64;

/** A hash function that hash4j implements, under the name that shards record. */
record LibraryHash(String name, Hasher64 hasher) implements KeyHash {

    @Override
    public long token(byte[] utf8, int length) {
        return hasher.hashBytesToLong(utf8, 0, length);
    }

    @Override
    public String toString() {
        return name;
    }
}
