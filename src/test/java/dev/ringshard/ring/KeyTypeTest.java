package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.jdbc.ShardKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(strings = {"٤٢", "４２", " 42", "42 ", "4 2", "0x2a", "4.2", "", "9223372036854775808"})
    void a_text_is_a_whole_number_where_databases_read_one(String text) {
        assertThat(KeyType.INTEGER.canonical("+042")).isEqualTo("42");
        assertThatThrownBy(() -> KeyType.INTEGER.canonical(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "'%s' cannot be a key here: the keys of this cluster are whole numbers. Nothing was done.",
                        text);
    }

    @Test
    @SuppressWarnings("NullAway")
    void a_connection_has_no_null_for_a_key() {
        assertThatThrownBy(() -> ShardKey.of((Object) null))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("A key is null");
    }
}
