package dev.ringshard.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.failure.ConfigurationException;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.failure.StaleVersionException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailureHandlerTest {
    @Test
    void each_failure_has_the_documented_number() {
        assertThat(number(ShardUnavailableException.unreachable("eu-1", "", "", null)))
                .isEqualTo(1);
        assertThat(number(new StaleVersionException(""))).isEqualTo(1);
        assertThat(number(new SqlFailedException(""))).isEqualTo(1);
        assertThat(number(new IllegalStateException("a bug"))).isEqualTo(1);
        assertThat(number(new InvalidInputException(""))).isEqualTo(2);
        assertThat(number(new ConfigurationException("bank.yaml", List.of("x"))))
                .isEqualTo(2);
        assertThat(number(new CorruptionException(""))).isEqualTo(3);
        assertThat(number(new OutcomeUnknownException(""))).isEqualTo(4);
    }

    private static int number(Exception failure) {
        return FailureHandler.exitCode(failure).number();
    }
}
