package dev.ringshard.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScreenTextTest {
    @Test
    void stored_text_cannot_steer_a_terminal() {
        assertThat(ScreenText.printable("a\u001B[31m\nb\u202E")).isEqualTo("a\uFFFD[31m\uFFFDb\uFFFD");
        assertThat(ScreenText.printable("Żółw 🐢 Ὀδυσσεύς 東京")).isEqualTo("Żółw 🐢 Ὀδυσσεύς 東京");
    }

    @Test
    void width_counts_columns() {
        assertThat(ScreenText.width("Zoë")).isEqualTo(3);
        assertThat(ScreenText.width("Zoe\u0308")).isEqualTo(3);
        assertThat(ScreenText.width("東京🐢")).isEqualTo(6);
        assertThat(ScreenText.width(new ScreenStyle(true, true).good("ok"))).isEqualTo(2);
    }
}
