package dev.ringshard.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.failure.InvalidInputException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchValuesTest {
    @Test
    void a_mix_is_read_and_printed_alike() {
        assertThat(Mix.parse("90:10")).isEqualTo(Mix.MOSTLY_READS).hasToString("90:10");
        assertThat(Mix.parse("0:100").readPercent()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "90", "90:20", "-10:110", "a:b", "101:0", "90:10 "})
    void a_mix_that_does_not_add_up_is_refused(String text) {
        assertThatThrownBy(() -> Mix.parse(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("90:10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bench-", "bench-3f9a01c", "bench-3F9A01C7", "x", "bench-3f9a01c7; DROP TABLE x"})
    void what_is_no_run_is_refused(String run) {
        assertThatThrownBy(() -> new RunKeys(run)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void the_ratio_is_the_median_of_the_rounds_and_not_of_the_rates() {
        List<Measurement> ringshard = List.of(sample(80), sample(500), sample(9));
        List<Measurement> raw = List.of(sample(100), sample(1000), sample(10));

        Comparison compared = Comparison.of(Workload.DEPOSIT, ringshard, raw);

        assertThat(compared.ratio()).isEqualTo(0.8);
        assertThat(compared.lowest()).isEqualTo(0.5);
        assertThat(compared.highest()).isEqualTo(0.9);
        assertThat(compared.ringshard().perSecond()).isEqualTo(80);
        assertThat(compared.other().perSecond()).isEqualTo(100);
        assertThat(compared.ringshard().p99()).isBetween(Duration.ofNanos(999), Duration.ofNanos(1001));
    }

    @Test
    void the_median_of_an_even_number_is_between_the_two_in_the_middle() {
        assertThat(Figures.median(List.of(4.0, 1.0, 2.0, 100.0))).isEqualTo(3);
    }

    private static Measurement sample(double perSecond) {
        org.HdrHistogram.Histogram latencies = Measurement.newHistogram();
        latencies.recordValue(1000);
        return new Measurement(perSecond, latencies, 0);
    }
}
