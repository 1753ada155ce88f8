package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.failure.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyHashTest {

    @Test
    void an_empty_key_is_refused() {
        assertThatThrownBy(() -> KeyHashes.MD5.token(""))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("empty")
                .hasMessageContaining("Nothing was read or written");
    }

    @Test
    void a_key_of_255_characters_is_taken_and_one_of_256_is_refused() {
        for (String character : List.of("x", "é", "鍵")) {
            String longest = character.repeat(255);
            assertThat(KeyBytes.of(longest).length()).isEqualTo(longest.getBytes(StandardCharsets.UTF_8).length);
            assertThatThrownBy(() -> KeyHashes.MD5.token(character.repeat(256)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("256 characters, and 255 are allowed")
                    .hasMessageContaining("Nothing was read or written");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0", "a\0", "é\0b"})
    void a_key_with_u0000_is_refused(String key) {
        assertThatThrownBy(() -> KeyHashes.MD5.token(key))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("U+0000, as its character " + (key.indexOf(0) + 1))
                .hasMessageContaining("Nothing was read or written");
    }

    /** In hexadecimal UTF-16, because half a pair does not survive on its way through a test report. */
    @ParameterizedTest
    @ValueSource(strings = {"d83c", "dfe6", "0061d83c", "d83c0061", "dfe6d83c", "d83cd83cdfe6", "d83cdfe6dfe6"})
    void a_key_with_half_a_surrogate_pair_is_refused(String utf16) {
        String key = new String(chars(utf16));
        assertThatThrownBy(() -> KeyHashes.MD5.token(key))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("half a surrogate pair")
                .hasMessageContaining("Nothing was read or written");
    }

    @Test
    void a_refused_key_leaves_no_trace_in_the_next_ones_token() {
        long token = KeyHashes.MD5.token("abc");
        assertThatThrownBy(() -> KeyHashes.MD5.token("abcdef\0")).isInstanceOf(InvalidInputException.class);
        assertThat(KeyHashes.MD5.token("abc")).isEqualTo(token);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void keys_are_hashed_as_the_utf_8_that_java_encodes(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            String key = randomKey(random);
            byte[] utf8 = key.getBytes(StandardCharsets.UTF_8);
            KeyBytes bytes = KeyBytes.of(key);
            assertThat(HexFormat.of().formatHex(bytes.array(), 0, bytes.length()))
                    .as("seed %d", seed)
                    .isEqualTo(HexFormat.of().formatHex(utf8));
            for (KeyHash hash : RandomRings.BUILT_IN) {
                assertThat(hash.token(key)).as("seed %d, %s", seed, hash).isEqualTo(hash.token(utf8, utf8.length));
            }
        }
    }

    @Test
    void the_same_key_has_the_same_token_again_on_every_thread() {
        for (KeyHash hash : RandomRings.BUILT_IN) {
            List<Long> once = IntStream.range(0, 1000)
                    .mapToObj(i -> hash.token("key-" + i))
                    .toList();
            List<Long> again = IntStream.range(0, 1000)
                    .parallel()
                    .mapToObj(i -> hash.token("key-" + i))
                    .toList();
            assertThat(again).as("%s", hash).isEqualTo(once).doesNotHaveDuplicates();
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    private static String randomKey(SplittableRandom random) {
        StringBuilder key = new StringBuilder();
        int characters = random.nextInt(1, 128);
        int limit = List.of(0x80, 0x800, 0xD800, Character.MAX_CODE_POINT + 1).get(random.nextInt(4));
        while (characters-- > 0) {
            int codePoint = random.nextInt(1, limit);
            key.appendCodePoint(Character.getType(codePoint) == Character.SURROGATE ? 'x' : codePoint);
        }
        return key.toString();
    }

    private static char[] chars(String utf16) {
        char[] chars = new char[utf16.length() / 4];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) HexFormat.fromHexDigits(utf16, 4 * i, 4 * i + 4);
        }
        return chars;
    }
}
