package dev.ringshard.ring;

import dev.ringshard.failure.InvalidInputException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The first eight bytes, big-endian, of the MD5 digest (RFC 1321). Each thread reuses one digest and one buffer, so a
 * token makes no garbage. MD5 spreads keys evenly here; it protects nothing.
 */
final class Md5 implements KeyHash {
    private static final int DIGEST_BYTES = 16;
    private static final VarHandle BIG_ENDIAN_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final ThreadLocal<Digest> ofThread = ThreadLocal.withInitial(Digest::new);

    @Override
    public String name() {
        return "md5";
    }

    @Override
    public long token(byte[] utf8, int length) {
        return ofThread.get().firstEightBytes(utf8, length);
    }

    @Override
    public String toString() {
        return name();
    }

    private static final class Digest {
        private final MessageDigest md5 = newMd5();
        private final byte[] result = new byte[DIGEST_BYTES];

        long firstEightBytes(byte[] utf8, int length) {
            md5.update(utf8, 0, length);
            try {
                md5.digest(result, 0, DIGEST_BYTES);
            } catch (DigestException e) {
                throw new IllegalStateException("MD5 did not fit into its 16 bytes", e);
            }
            return (long) BIG_ENDIAN_LONG.get(result, 0);
        }

        private static MessageDigest newMd5() {
            try {
                return MessageDigest.getInstance("MD5");
            } catch (NoSuchAlgorithmException e) {
                throw new InvalidInputException(
                        "This Java runtime has no MD5, perhaps by a security policy. Nothing was read or written."
                                + " Choose the hash murmur3 or xxh3 for a new cluster; an existing one needs its MD5.",
                        e);
            }
        }
    }
}
