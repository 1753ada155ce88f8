package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.failure.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "eu-1", "EU_1.b", "7", "x23456789012345678901234567890123456789012345678901234567890123"})
    void ordinary_names_are_taken(String name) {
        assertThat(new Member(name, 1).shard()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a#1",
                "-a",
                ".a",
                "a b",
                "é",
                "a\n",
                "x234567890123456789012345678901234567890123456789012345678901234"
            })
    void names_that_would_blur_a_virtual_node_are_refused(String name) {
        assertThatThrownBy(() -> new Member(name, 1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("'" + name + "' cannot name a shard");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, -Double.MIN_VALUE, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void weights_below_zero_or_not_finite_are_refused(double weight) {
        assertThatThrownBy(() -> new Member("eu-1", weight))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Shard eu-1 has the weight " + weight);
    }

    @Test
    void a_member_of_weight_zero_takes_no_part() {
        assertThat(new Member("eu-1", 0).takesPart()).isFalse();
        assertThat(new Member("eu-1", 0.01).takesPart()).isTrue();
    }
}
