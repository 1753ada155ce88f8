package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.jdbc.ShardKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyTypeTest {
    @ParameterizedTest
    @EnumSource
    @SuppressWarnings("NullAway") // what callers without its checks may do
    void what_can_be_no_key_is_refused_with_what_can(KeyType type) {
        assertThatThrownBy(() -> type.canonical(1.5))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "A key is of the class java.lang.Double; a text, a whole number (Long, Integer, Short or Byte) or a UUID can be a key. Nothing was done.");
        assertThatThrownBy(() -> type.canonical(null))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "A key is null; a text, a whole number (Long, Integer, Short or Byte) or a UUID can be a key. Nothing was done.");
    }

    @Test
    @SuppressWarnings("NullAway")
    void a_connection_has_no_null_for_a_key() {
        assertThatThrownBy(() -> ShardKey.of((Object) null))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("A key is null");
    }
}
