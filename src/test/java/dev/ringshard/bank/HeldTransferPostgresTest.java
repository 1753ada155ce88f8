package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.shard.DeliveryLock;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.math.BigDecimal;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The one statement by which a transfer arrives waits where messages are kept off, and holds nobody up meanwhile. */
class HeldTransferPostgresTest {
    private final RingshardConfig config = TestCluster.founded(DatabaseKind.POSTGRESQL, 2);

    @Test
    void a_transfer_waits_where_messages_are_kept_off_and_writers_of_its_payee_do_not_wait_for_it() throws Exception {
        try (Ringshard bank = Ringshard.open(config);
                Shards shards = Shards.open(config.shards())) {
            String payer = create(bank, "eu-1");
            String payee = create(bank, "eu-2");
            CompletableFuture<Posting> transfer;
            try (ShardTransaction holding = shards.get("eu-2").begin(Connection.TRANSACTION_READ_COMMITTED)) {
                holding.run(inside -> {
                    DeliveryLock.holdAlone(inside.dsl());
                    return true;
                });
                transfer = CompletableFuture.supplyAsync(() -> bank.customers()
                        .transfer(
                                new AccountRef(payer, Account.SAVINGS),
                                new AccountRef(payee, Account.SAVINGS),
                                new BigDecimal("2.00"),
                                OperationId.random()));
                Awaitility.await().atMost(Duration.ofSeconds(30)).until(this::somebodyWaits);

                bank.customers().deposit(payee, Account.SAVINGS, new BigDecimal("1.00"), OperationId.random());
                assertThat(savings(bank, payee)).isEqualByComparingTo("11.00");
                assertThat(transfer).isNotDone();
            }
            assertThat(transfer.get(30, TimeUnit.SECONDS)).isEqualTo(new Posting.Applied(new BigDecimal("8.00")));
            assertThat(savings(bank, payee)).isEqualByComparingTo("13.00");
            assertThat(bank.verify().isOk()).isTrue();
        }
    }

    private static String create(Ringshard bank, String shard) {
        String key = Stream.iterate(0, i -> i + 1)
                .map(i -> "c-" + i)
                .filter(one -> bank.router().locate(one).shard().equals(shard))
                .findFirst()
                .orElseThrow();
        bank.customers()
                .createAll(List.of(new NewCustomer(key, "Ada", "Lovelace", new Balances("10.00", "0.00", "0.00"))));
        return key;
    }

    private static BigDecimal savings(Ringshard bank, String key) {
        return bank.customers().find(key).orElseThrow().balances().savings();
    }

    private boolean somebodyWaits() throws Exception {
        return TestDatabase.of(config.shard("eu-2").orElseThrow())
                        .number("SELECT count(*) FROM pg_catalog.pg_stat_activity"
                                + " WHERE wait_event = 'advisory' AND datname = current_database()")
                > 0;
    }
}
