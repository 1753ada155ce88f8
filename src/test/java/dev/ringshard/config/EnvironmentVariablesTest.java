package dev.ringshard.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentVariablesTest {
    private final EnvironmentVariables environment =
            new EnvironmentVariables(Map.of("HOST", "db1", "EMPTY", "", "TRICKY", "$1\\${HOST}"));
    private final List<String> problems = new ArrayList<>();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plain $ text$  | plain $ text$",
                "${HOST}        | db1",
                "a-${HOST}-${HOST}.b | a-db1-db1.b",
                "${HOST:other}  | db1",
                "${NONE:other}  | other",
                "${NONE:a:b}    | a:b",
                "${NONE:}x      | x",
                "${EMPTY:other}x | x",
                "${TRICKY}      | $1\\${HOST}",
                "$${HOST}       | ${HOST}",
                "$${            | ${",
                "$$             | $$",
            })
    void variables_defaults_and_escapes_are_replaced_once(String value, String expected) {
        assertThat(environment.substitute(value, problems::add)).isEqualTo(expected);
        assertThat(problems).isEmpty();
    }

    @Test
    void each_missing_variable_of_a_value_is_a_problem() {
        environment.substitute("${ONE}${HOST}${TWO}", problems::add);

        assertThat(problems)
                .containsExactly(
                        "needs the environment variable ONE, which is not set: set it, or write ${ONE:default}.",
                        "needs the environment variable TWO, which is not set: set it, or write ${TWO:default}.");
    }

    @ParameterizedTest
    @CsvSource({"${", "${}", "${HOST", "${1X}", "${HO-ST}", "${HOST:x"})
    void an_unfinished_reference_is_a_problem(String value) {
        environment.substitute(value, problems::add);

        assertThat(problems)
                .containsExactly("has a '${' that begins neither ${NAME} nor ${NAME:default}: write '$${' to mean it"
                        + " literally.");
    }
}
