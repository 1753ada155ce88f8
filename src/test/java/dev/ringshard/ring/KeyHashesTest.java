package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.failure.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyHashesTest {

    @Test
    void the_built_in_functions_have_the_names_they_are_found_by() {
        for (KeyHash hash : RandomRings.BUILT_IN) {
            assertThat(KeyHashes.named(hash.name())).isSameAs(hash);
        }
        assertThat(RandomRings.BUILT_IN).extracting(KeyHash::name).containsExactly("md5", "murmur3", "xxh3");
    }

    @Test
    void a_custom_function_is_found_by_its_class_and_makes_a_ring() {
        KeyHash hash = KeyHashes.named(LengthHash.class.getName());
        assertThat(hash).isInstanceOf(LengthHash.class);
        assertThat(hash.token("Zoë")).isEqualTo(4);
        TokenMap<String> ring = new Ring(hash, 1, List.of(new Member("a", 1), new Member("bcd", 1))).assignment();
        assertThat(ring.get(3)).isEqualTo("a");
        assertThat(ring.get(4)).isEqualTo("bcd");
        assertThat(ring.get(6)).isEqualTo("a");
    }

    @Test
    void a_custom_function_may_be_an_instance_too() {
        KeyHash shifted = RandomRings.hash("shifted", (utf8, length) -> KeyHashes.MD5.token(utf8, length) + 1);
        assertThat(shifted.token("abc")).isEqualTo(KeyHashes.MD5.token("abc") + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MD5", "sha256", "no.such.Class", "java.lang.", "a b"})
    void an_unknown_name_is_refused_and_told_what_is_allowed(String name) {
        assertThatThrownBy(() -> KeyHashes.named(name))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("named '" + name + "'")
                .hasMessageContaining("Nothing was read or written")
                .hasMessageContaining("Allowed are md5, murmur3, xxh3, or the full name of a public class");
    }

    @Test
    void a_class_that_is_no_hash_function_is_refused() {
        assertRefused(String.class, "does not implement KeyHash");
        assertRefused(HiddenHash.class, "could not be created");
        assertRefused(NeedyHash.class, "could not be created");
        assertRefused(AbstractHash.class, "could not be created");
        assertRefused(NamelessHash.class, "blank name()");
    }

    @Test
    void a_constructor_that_fails_is_told_with_its_cause() {
        assertThatThrownBy(() -> KeyHashes.named(FailingHash.class.getName()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("constructor")
                .hasRootCauseMessage("no luck today");
    }

    private static void assertRefused(Class<?> type, String why) {
        assertThatThrownBy(() -> KeyHashes.named(type.getName()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(type.getName())
                .hasMessageContaining(why)
                .hasMessageContaining("Allowed are md5");
    }

    /** Its token is the number of bytes: the poorest of hash functions, and easy to foretell. */
    public static class LengthHash implements KeyHash {
        public LengthHash() {}

        @Override
        public String name() {
            return "length";
        }

        @Override
        public long token(byte[] utf8, int length) {
            return length;
        }
    }

    static class HiddenHash extends LengthHash {
        HiddenHash() {}
    }

    public static class NeedyHash extends LengthHash {
        public NeedyHash(String need) {
            assertThat(need).isNotNull();
        }
    }

    public abstract static class AbstractHash extends LengthHash {
        public AbstractHash() {}
    }

    public static class NamelessHash extends LengthHash {
        public NamelessHash() {}

        @Override
        public String name() {
            return " ";
        }
    }

    public static class FailingHash extends LengthHash {
        public FailingHash() {
            throw new IllegalStateException("no luck today");
        }
    }
}
