package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TokenRowsTest {
    @Test
    void the_rows_of_a_cell_that_several_own_add_up_to_those_of_the_cell() {
        for (long rows = 1; rows < 50; rows++) {
            TokenRows measured = TokenRows.of(TokenMap.of(List.of(new TokenMap.Entry<>(new TokenRange(0, 5), rows))));
            TokenMap<String> owners = TokenMap.of(List.of(
                    new TokenMap.Entry<>(new TokenRange(0, 0), "eu-1"),
                    new TokenMap.Entry<>(new TokenRange(1, 3), "eu-2"),
                    new TokenMap.Entry<>(new TokenRange(4, 4), "eu-3"),
                    new TokenMap.Entry<>(new TokenRange(5, 5), "eu-4")));

            Map<String, Long> by = measured.by(owners);

            assertThat(by.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(rows);
            assertThat(by.get("eu-2")).isBetween(rows / 2, rows / 2 + 1);
            assertThat(by.values()).allMatch(held -> held >= 0);
        }
    }
}
