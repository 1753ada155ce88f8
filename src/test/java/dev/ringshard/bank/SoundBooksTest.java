package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.testing.OpenCluster;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That the proof of the books' soundness can fail. */
@Tag("ci")
class SoundBooksTest {
    @SuppressWarnings("NullAway.Init") // by open
    private OpenCluster cluster;

    @BeforeEach
    void open() throws SQLException {
        cluster = OpenCluster.of(List.of(DatabaseKind.H2, DatabaseKind.H2));
        for (int i = 0; i < 20; i++) {
            cluster.ringshard()
                    .customers()
                    .create(new NewCustomer("c-" + i, "Ada", "Lovelace", new Balances("1", "2", "0")));
        }
        assertThatCode(cluster::assertSound).doesNotThrowAnyException();
    }

    @AfterEach
    void close() throws SQLException {
        cluster.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sum of its entries        | UPDATE customers SET savings = savings + 0.01
            sum of its entries        | UPDATE customers SET retirement_401k = 5
            entries without           | DELETE FROM customers
            sum so far                | UPDATE account_entries SET balance_after = balance_after + 1
            sum of its entries        | DELETE FROM account_entries
            ring_token of             | UPDATE customers SET ring_token = ring_token + 1
            ring_token of             | UPDATE account_entries SET ring_token = ring_token - 1
            """)
    void what_is_broken_in_the_tables_is_found(String said, String damage) throws SQLException {
        cluster.execute("SET @ringshard_mover = 'on'");
        cluster.execute(damage);

        assertThatThrownBy(cluster::assertSound)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(said);
    }
}
