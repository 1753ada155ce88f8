package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextsTest {
    @Test
    void stored_text_cannot_steer_a_terminal() {
        assertThat(Texts.printable("a\u001B[31m\nb\u202E")).isEqualTo("a\uFFFD[31m\uFFFDb\uFFFD");
        assertThat(Texts.printable("Żółw 🐢 Ὀδυσσεύς 東京")).isEqualTo("Żółw 🐢 Ὀδυσσεύς 東京");
    }

    @Test
    void width_counts_columns() {
        assertThat(Texts.width("Zoë")).isEqualTo(3);
        assertThat(Texts.width("Zoe\u0308")).isEqualTo(3);
        assertThat(Texts.width("東京🐢")).isEqualTo(6);
        assertThat(Texts.width(new Look(true, true).good("ok"))).isEqualTo(2);
    }
}
