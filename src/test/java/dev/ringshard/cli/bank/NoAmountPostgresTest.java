package dev.ringshard.cli.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringshard.Ringshard;
import dev.ringshard.bank.Account;
import dev.ringshard.bank.AccountRef;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Overdraft;
import dev.ringshard.bank.Posting;
import dev.ringshard.bank.Totals;
import dev.ringshard.cli.Cli;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A balance that PostgreSQL takes for a numeric and that is no amount: named, and in nobody else's way. */
class NoAmountPostgresTest {
    private static final String LIFT = "ALTER TABLE customers DROP CONSTRAINT customers_amounts";
    private static final String LIFT_FROM_ENTRIES =
            "ALTER TABLE account_entries DROP CONSTRAINT account_entries_amounts";

    private final TestDatabase database = TestCluster.database(DatabaseKind.POSTGRESQL);

    @TempDir
    Path directory = Path.of("");

    private Cli cli = new Cli(directory);

    @BeforeEach
    void found() throws IOException {
        cli = new Cli(directory);
        cli.file("bank.yaml", """
                cluster: bank
                shards:
                  - { name: eu-1, url: "%s", user: "%s", password: "%s" }
                """.formatted(database.url(), database.user(), database.password()));
        assertThat(cli.run("init").exitCode()).isZero();
        try (Ringshard bank = open()) {
            for (String key : List.of("ada", "bob", "cy")) {
                bank.customers().create(new NewCustomer(key, "A", "B", new Balances("1.00", "2.00", "4.00")));
            }
        }
    }

    @Test
    void the_tables_of_the_bank_refuse_it() {
        assertThatThrownBy(() -> sql("UPDATE customers SET savings = 'NaN' WHERE customer_key = 'bob'"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("customers_amounts");
        assertThatThrownBy(() -> sql("UPDATE account_entries SET amount = 'NaN' WHERE customer_key = 'bob'"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("account_entries_amounts");
    }

    @Test
    void verify_names_it_and_status_export_and_totals_go_on() throws Exception {
        sql(LIFT);
        sql("UPDATE customers SET savings = 'NaN' WHERE customer_key = 'bob'");

        Cli.Result verify = cli.run("verify");
        assertThat(verify.exitCode()).isEqualTo(3);
        assertThat(verify.out())
                .contains("bob", "SAVINGS holds NaN, which is no amount, its entries add up to 1.00")
                .doesNotContain("ada");
        assertThat(cli.run("status").exitCode()).isZero();
        assertThat(cli.run("status").out()).contains("3 customers");

        Path file = directory.resolve("all.csv");
        Cli.Result export = cli.run("export", "--out", file.toString());
        assertThat(export.exitCode()).isEqualTo(3);
        assertThat(export.err()).contains("The savings of customer bob is NaN, which is no amount.");
        assertThat(export.out()).contains("Exported 2 customers", "Left out: 1 customer that cannot be read");
        assertThat(Files.readString(file)).contains("\nada,", "\ncy,").doesNotContain("bob");

        try (Ringshard bank = open()) {
            assertThat(bank.customers().totals())
                    .isEqualTo(new Totals(3, amount("2.00"), amount("4.00"), amount("8.00"), amount("0.00"), 1));
            assertThat(bank.customers().find("ada")).isPresent();
            assertNamed(() -> bank.customers().find("bob"));
            assertNamed(() -> bank.customers().streamInKeyOrder().toList());
        }
    }

    @Test
    void money_for_it_is_refused_and_nothing_is_written() throws Exception {
        sql(LIFT);
        sql("UPDATE customers SET checking = 'NaN' WHERE customer_key = 'bob'");
        try (Ringshard bank = open()) {
            CustomerRepository customers = bank.customers();
            OperationId id = new OperationId("op");
            assertNamed(() -> customers.deposit("bob", Account.CHECKING, BigDecimal.ONE, id));
            assertNamed(() -> customers.withdraw("bob", Account.CHECKING, BigDecimal.ONE, id, Overdraft.ALLOWED));
            AccountRef bob = new AccountRef("bob", Account.CHECKING);
            AccountRef ada = new AccountRef("ada", Account.CHECKING);
            assertNamed(() -> customers.transfer(ada, bob, BigDecimal.ONE, new OperationId("t1"), Overdraft.ALLOWED));
            assertNamed(() -> customers.delete("bob"));
            assertThat(customers.entries("bob", 10)).hasSize(3);
            assertThat(customers.entries("ada", 10)).hasSize(3);
            assertThat(customers.deposit("ada", Account.CHECKING, BigDecimal.ONE, new OperationId("d1")))
                    .isEqualTo(new Posting.Applied(amount("3.00")));
        }
    }

    @Test
    void a_load_refuses_its_lines_and_loads_all_others() throws Exception {
        sql(LIFT);
        sql("UPDATE customers SET checking = 'NaN' WHERE customer_key = 'bob'");
        String customers = cli.file("c.csv", """
                customer_key,first_name,last_name,savings,checking,retirement_401k
                ada,A,B,0,0,0
                bob,A,B,0,0,0
                dan,A,B,1,0,0
                """);
        String transactions = cli.file("t.csv", """
                operation_id,customer_key,account,amount
                t1,bob,CHECKING,1.00
                t2,dan,CHECKING,1.00
                """);
        Cli.Result strict =
                cli.run("load", "--strict", "--json", "--customers", customers, "--transactions", transactions);
        Cli.Result lenient = cli.run("load", "--json", "--customers", customers, "--transactions", transactions);
        for (Cli.Result result : List.of(strict, lenient)) {
            assertThat(result.exitCode()).isEqualTo(3);
            JsonNode refused = result.json().get("refusedLines");
            assertThat(refused).hasSize(2);
            assertThat(refused.at("/0/reason").asText()).contains("checking of customer bob is NaN");
        }
        try (Ringshard bank = open()) {
            assertThat(bank.customers().find("dan").orElseThrow().balances().total())
                    .isEqualTo(amount("2.00"));
        }
    }

    @Test
    void an_entry_without_an_amount_is_named_by_verify() throws Exception {
        sql(LIFT);
        sql(LIFT_FROM_ENTRIES);
        sql("UPDATE account_entries SET amount = 'NaN' WHERE customer_key = 'bob' AND account = 'SAVINGS'");
        assertThat(cli.run("verify").out())
                .contains("SAVINGS holds 1.00, its entries add up to NaN, which is no amount");
        sql("UPDATE customers SET savings = 'NaN' WHERE customer_key = 'bob'");
        Cli.Result both = cli.run("verify");
        assertThat(both.exitCode()).isEqualTo(3);
        assertThat(both.out()).contains("SAVINGS holds NaN, which is no amount");
        try (Ringshard bank = open()) {
            assertThat(bank.customers().ledgerTotals().withoutAmount()).isEqualTo(1);
            assertThat(bank.customers().ledgerTotals().money()).isEqualTo(amount("20.00"));
            assertNamed(() -> bank.customers().entries("bob", 10));
        }
    }

    private static void assertNamed(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("of customer bob is NaN")
                .hasMessageContaining("stays as it is");
    }

    private static BigDecimal amount(String amount) {
        return new BigDecimal(amount);
    }

    private Ringshard open() {
        return Ringshard.open(RingshardConfig.load(directory.resolve("bank.yaml")));
    }

    private void sql(String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
