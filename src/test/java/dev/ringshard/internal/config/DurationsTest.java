package dev.ringshard.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "250ms, PT0.25S, 250ms",
        "5s, PT5S, 5s",
        "5 s, PT5S, 5s",
        "0s, PT0S, 0s",
        "60s, PT1M, 1m",
        "1m, PT1M, 1m",
        "90s, PT1M30S, 90s",
        "1500ms, PT1.5S, 1500ms",
        "2h, PT2H, 2h",
    })
    void durations_are_read_and_written_as_people_write_them(String written, Duration duration, String text) {
        assertThat(Durations.parse(written)).contains(duration);
        assertThat(Durations.text(duration)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-1s", "1.5s", "5S", "PT5S", "5sec", "1d", "9999999999s"})
    void anything_else_is_no_duration(String written) {
        assertThat(Durations.parse(written)).isEmpty();
    }

    @Test
    void what_is_finer_than_a_millisecond_is_not_rounded() {
        assertThat(Durations.text(Duration.ofNanos(1_500_000))).isEqualTo("PT0.0015S");
    }
}
