package dev.ringshard.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That the proof of soundness can fail. */
@Tag("ci")
class OpenClusterTest {
    @SuppressWarnings("NullAway.Init") // by open
    private OpenCluster cluster;

    @BeforeEach
    void open() throws SQLException {
        cluster = OpenCluster.ofParcels(List.of(DatabaseKind.H2, DatabaseKind.H2));
        new Parcels(cluster.ringshard())
                .createAll(IntStream.range(0, 20)
                        .mapToObj(i -> Parcel.of("p-" + i, "1.00"))
                        .toList());
        assertThatCode(cluster::assertSound).doesNotThrowAnyException();
    }

    @AfterEach
    void close() throws SQLException {
        cluster.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sum of its stamps         | UPDATE parcels SET postage = postage + 0.01
            stamps without            | ALTER TABLE stamps DROP CONSTRAINT stamps_parcel; DELETE FROM parcels
            sum of its stamps         | DELETE FROM stamps
            sum of its stamps         | UPDATE stamps SET amount = amount - 0.01
            ring_token of             | UPDATE parcels SET ring_token = ring_token + 1
            does not own              | DELETE FROM ringshard.owned_range
            token after               | INSERT INTO ringshard.owned_range (first_token, last_token, epoch) SELECT last_token, last_token, 9 FROM ringshard.owned_range ORDER BY 1 LIMIT 1
            last token                | UPDATE ringshard.owned_range SET last_token = last_token - 1 WHERE last_token = 9223372036854775807
            """)
    void what_is_broken_in_the_tables_is_found(String said, String damage) throws SQLException {
        cluster.execute("SET @ringshard_mover = 'on'");
        cluster.execute(damage);

        assertThatThrownBy(cluster::assertSound)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(said);
    }

    @Test
    void a_connection_that_is_not_given_back_is_found() {
        try (Stream<String> open = new Parcels(cluster.ringshard()).keys()) {
            assertThatThrownBy(cluster::assertSound).hasMessageContaining("in use");
            assertThatCode(open::count).doesNotThrowAnyException();
        }
        assertThatCode(cluster::assertSound).doesNotThrowAnyException();
    }
}
