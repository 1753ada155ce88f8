package dev.ringshard.ring;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.ToLongBiFunction;

/** Rings, tokens and hash functions for tests, all from a seed. */
final class RandomRings {
    static final List<KeyHash> BUILT_IN = List.of(KeyHashes.MD5, KeyHashes.MURMUR3, KeyHashes.XXH3);

    /** Eight tokens only, the ring's two ends among them: nearly every virtual node collides with others. */
    private static final KeyHash COLLIDING = hash("colliding", (utf8, length) -> {
        long eighth = KeyHashes.MD5.token(utf8, length) >>> 61;
        return eighth == 7 ? Long.MAX_VALUE : Long.MIN_VALUE + (eighth << 61);
    });

    /** All tokens among 4,096 neighbours around zero. */
    private static final KeyHash CROWDED =
            hash("crowded", (utf8, length) -> (KeyHashes.MD5.token(utf8, length) & 0xFFF) - 0x800);

    private RandomRings() {}

    static KeyHash hash(String name, ToLongBiFunction<byte[], Integer> token) {
        return new KeyHash() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public long token(byte[] utf8, int length) {
                return token.applyAsLong(utf8, length);
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }

    /** Puts exactly these texts at exactly these tokens. */
    static KeyHash fixed(Map<String, Long> tokens) {
        return hash("fixed", (utf8, length) -> {
            String text = new String(utf8, 0, length, StandardCharsets.UTF_8);
            Long token = tokens.get(text);
            if (token == null) {
                throw new AssertionError("no token for " + text);
            }
            return token;
        });
    }

    /** Of 1 to 12 shards, some of them with weight 0, with 1 to 128 virtual nodes. */
    static Ring ring(SplittableRandom random) {
        KeyHash hash = List.of(KeyHashes.MD5, KeyHashes.MURMUR3, KeyHashes.XXH3, COLLIDING, CROWDED)
                .get(random.nextInt(5));
        List<Member> members = new ArrayList<>();
        members.add(new Member("s" + random.nextInt(5), 1));
        int count = random.nextInt(12);
        for (int i = 0; i < count; i++) {
            members.add(new Member("t" + i, weight(random)));
        }
        int virtualNodes = List.of(1, 3, 16, 128).get(random.nextInt(4));
        return new Ring(hash, virtualNodes, shuffled(members, random));
    }

    static Ring with(Ring ring, Member newcomer) {
        List<Member> members = new ArrayList<>(ring.members());
        members.add(newcomer);
        return new Ring(ring.hash(), ring.virtualNodes(), members);
    }

    static Ring without(Ring ring, String shard) {
        List<Member> members = new ArrayList<>(ring.members());
        members.removeIf(member -> member.shard().equals(shard));
        return new Ring(ring.hash(), ring.virtualNodes(), members);
    }

    static <T> List<T> shuffled(List<T> list, SplittableRandom random) {
        List<T> copy = new ArrayList<>(list);
        Collections.shuffle(copy, new Random(random.nextLong()));
        return copy;
    }

    /** Both ends of the ring and of every range, their neighbours, and some tokens at random. */
    static List<Long> telling(TokenMap<?> map, SplittableRandom random) {
        TreeSet<Long> tokens = new TreeSet<>(List.of(Long.MIN_VALUE, Long.MIN_VALUE + 1, -1L, 0L, 1L, Long.MAX_VALUE));
        for (TokenMap.Entry<?> entry : map.entries()) {
            for (long end : new long[] {entry.range().first(), entry.range().last()}) {
                Collections.addAll(tokens, end - 1, end, end + 1);
            }
        }
        random.longs(50).forEach(tokens::add);
        return List.copyOf(tokens);
    }

    private static double weight(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> 0.001;
            default -> random.nextDouble(0, 3);
        };
    }
}
