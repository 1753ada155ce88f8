package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.testing.TestCluster;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A page over all shards, whatever the driver is set to. */
class PagesPostgresTest {
    private static final int EXECUTIONS = 8;

    private final RingshardConfig founded = TestCluster.founded(List.of(DatabaseKind.POSTGRESQL));

    /** By the last two, it is several round trips. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "prepareThreshold=1",
                "prepareThreshold=0",
                "stringtype=unspecified",
                "preferQueryMode=extendedForPrepared",
                "preferQueryMode=extendedCacheEverything",
                "binaryTransfer=false",
                "autosave=always",
                "preparedStatementCacheQueries=0",
                "preferQueryMode=simple",
                "prepareThreshold=-1"
            })
    void a_page_is_the_same_by_all_settings(String setting) {
        try (Ringshard bank = Ringshard.open(founded)) {
            List.of("A", "B", "C").forEach(name -> bank.customers().create(new NewCustomer(name, name, name)));
        }
        try (Ringshard bank = Ringshard.open(TestCluster.withSetting(founded, setting))) {
            for (int i = 0; i < EXECUTIONS; i++) {
                CustomerPage first = bank.customers().page(2);
                assertThat(first.customers()).extracting(Customer::key).containsExactly("A", "B");
                assertThat(bank.customers().page(2, first.next().orElseThrow()).customers())
                        .extracting(Customer::key)
                        .containsExactly("C");
                assertThat(bank.customers().count()).isEqualTo(3);
            }
        }
    }
}
