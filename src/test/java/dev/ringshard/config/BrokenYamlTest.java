package dev.ringshard.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.failure.ConfigurationException;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Breaks a good file at random; shows nothing about files that no few edits lead to. */
class BrokenYamlTest {
    private static final String GOOD = """
            cluster: bank
            ring: { hash: md5, virtual-nodes: 128, strategy: vnodes }
            routing-timeout: 5s
            pool: { size: 10, lock-timeout: 5s }
            shards:
              - name: eu-1
                url: jdbc:postgresql://localhost:5431/bank?ssl=true
                user: ${BANK_USER:bank}
                password: "hunter2"
                weight: 1
              - { name: eu-2, url: "jdbc:h2:file:./eu-2;USER=sa;PASSWORD=hunter2" }
            """;
    private static final String PIECES = "\0\n\t :-,{}[]'\"&*!|>%@`#$?;=~/\\0123abcXYZ${}é\uFEFF\uD83D";

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void a_broken_file_is_read_or_refused_as_a_configuration_and_never_fails_otherwise(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            String yaml = broken(random);
            try {
                assertThat(RingshardConfig.parse(yaml, Map.of()).shards()).isNotEmpty();
            } catch (ConfigurationException expected) {
                assertThat(expected.problems()).isNotEmpty();
            } catch (RuntimeException e) {
                throw new AssertionError("seed %d, case %d: %s".formatted(seed, i, yaml), e);
            }
        }
    }

    private static String broken(Random random) {
        StringBuilder yaml = new StringBuilder(GOOD);
        for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
            int at = random.nextInt(yaml.length());
            switch (random.nextInt(3)) {
                case 0 -> yaml.deleteCharAt(at);
                case 1 -> yaml.insert(at, PIECES.charAt(random.nextInt(PIECES.length())));
                default -> yaml.delete(at, Math.min(yaml.length(), at + random.nextInt(30)));
            }
        }
        return yaml.toString();
    }
}
