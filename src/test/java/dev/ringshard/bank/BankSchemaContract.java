package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.routing.FencedStatement;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import dev.ringshard.verify.AuditFinding;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The bank in a schema of its own, beside a table {@code customers} of another making, which is sharded as well. Its SQL
 * itself is proven by the other contracts of this room; here, that all of it names the schema.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // by openCluster
abstract class BankSchemaContract {
    private static final FencedStatement INSERT_OTHER = FencedStatement.of("INSERT INTO customers VALUES (?, 'other')");
    private static final int CUSTOMERS = 60;

    private final List<TestDatabase> databases = new ArrayList<>();

    private Ringshard shop;
    private CustomerRepository customers;

    abstract DatabaseKind kind();

    @BeforeAll
    void openCluster() throws SQLException {
        RingshardConfig config = config(BankConfig.inSchema("bank"), shard("eu-1"), shard("eu-2"));
        Ringshard.init(config);
        shop = Ringshard.open(config);
        customers = shop.customers();
    }

    @AfterAll
    void closeCluster() {
        shop.close();
    }

    @AfterEach
    void clusterIsSound() throws SQLException {
        assertThat(shop.verify().isSound()).isTrue();
        for (String table : List.of("bank.account_entries", "bank.customers", "bank.customer_clearing", "customers")) {
            for (TestDatabase database : databases) {
                execute(database, "DELETE FROM " + table);
            }
        }
    }

    private ShardConfig shard(String name) throws SQLException {
        TestDatabase database = databaseWithOtherCustomers();
        databases.add(database);
        return TestCluster.shard(name, database);
    }

    private TestDatabase databaseWithOtherCustomers() throws SQLException {
        TestDatabase database = TestCluster.database(kind());
        execute(database, "CREATE TABLE customers (id varchar(40) PRIMARY KEY, name varchar(100) NOT NULL)");
        return database;
    }

    private static RingshardConfig config(BankConfig bank, ShardConfig... shards) {
        return RingshardConfig.builder("shop")
                .bank(bank)
                .shards(List.of(shards))
                .table(ShardedTable.byKey("customers", "id"))
                .build();
    }

    private static String key(int number) {
        return "c-%03d".formatted(number);
    }

    private static List<String> keys() {
        return IntStream.range(0, CUSTOMERS).mapToObj(BankSchemaContract::key).toList();
    }

    private static NewCustomer customer(String key) {
        return new NewCustomer(key, "Ada", "Lovelace", new Balances("1.00", "2.00", "0"));
    }

    private static BigDecimal money(String amount) {
        return new BigDecimal(amount);
    }

    @Test
    void customers_live_and_move_in_a_schema_beside_other_customers() throws SQLException {
        customers.create(customer(key(0)));
        customers.createAll(
                keys().stream().skip(1).map(BankSchemaContract::customer).toList());
        keys().forEach(key -> shop.router().update(key, INSERT_OTHER, key));

        assertThat(shop.addShard(shard("eu-3")).movedRows()).isPositive();

        assertThat(customers.count()).isEqualTo(CUSTOMERS);
        assertThat(customers.totals()).isEqualTo(new Totals(CUSTOMERS, money("60.00"), money("120.00"), money("0.00")));
        assertThat(customers.ledgerTotals()).isEqualTo(new LedgerTotals(2 * CUSTOMERS, money("180.00")));
        assertThat(rows("bank.customers")).isEqualTo(CUSTOMERS);
        assertThat(rows("bank.account_entries")).isEqualTo(2 * CUSTOMERS);
        assertThat(rows("customers")).isEqualTo(CUSTOMERS);
        assertThat(databases.stream().map(database -> rows(database, "bank.customers")))
                .doesNotContain(0L);
    }

    @Test
    void money_moves_in_the_banks_schema() throws SQLException {
        customers.create(customer("ada"));

        for (Account account : Account.values()) {
            assertThat(customers.deposit("ada", account, money("5.00"), new OperationId("in-" + account)))
                    .isInstanceOf(Posting.Applied.class);
        }
        assertThat(customers.withdraw("ada", Account.CHECKING, money("7.00"), new OperationId("out")))
                .isEqualTo(new Posting.Applied(money("0.00")));
        assertThat(customers.withdraw("ada", Account.CHECKING, money("1.00"), new OperationId("too-much")))
                .isEqualTo(new Posting.InsufficientFunds(money("0.00")));
        assertThat(customers.transfer(
                        new AccountRef("ada", Account.SAVINGS),
                        new AccountRef("ada", Account.CHECKING),
                        money("6.00"),
                        new OperationId("over")))
                .isEqualTo(new Posting.Applied(money("0.00")));
        assertThat(customers.deposit("ada", Account.SAVINGS, money("5.00"), new OperationId("in-SAVINGS")))
                .isEqualTo(new Posting.AlreadyApplied(money("6.00")));

        assertThat(customers.find("ada").orElseThrow().balances()).isEqualTo(new Balances("0.00", "6.00", "5.00"));
        assertThat(customers.entries("ada", 10)).hasSize(8);
        assertThat(customers.findEntry("ada", new OperationId("out"))).isPresent();
    }

    @Test
    void customers_are_found_renamed_and_deleted_in_the_banks_schema() throws SQLException {
        assertThat(customers.createAll(
                        keys().stream().map(BankSchemaContract::customer).toList()))
                .isEmpty();
        assertThat(customers.createAll(List.of(customer(key(3)), new NewCustomer("z", "Zoe", "Zuse", Balances.ZERO))))
                .containsOnlyKeys(key(3));

        Customer third = customers.find(key(3)).orElseThrow();
        customers.update(third.withName("Grace", "Hopper"));
        assertThat(customers.findByLastName("Hopper")).extracting(Customer::key).containsExactly(key(3));

        CustomerPage first = customers.page(CUSTOMERS);
        assertThat(first.customers()).extracting(Customer::key).startsWith(key(3), key(0), key(1));
        assertThat(customers.page(CUSTOMERS, first.next().orElseThrow()).customers())
                .extracting(Customer::key)
                .containsExactly("z");
        try (Stream<Customer> all = customers.streamInKeyOrder()) {
            assertThat(all).extracting(Customer::key).startsWith(key(0)).endsWith(key(59), "z");
        }
        try (Stream<Customer> all = customers.stream()) {
            assertThat(all).hasSize(CUSTOMERS + 1);
        }

        assertThatThrownBy(() -> customers.delete(key(3))).isInstanceOf(InvalidInputException.class);
        assertThat(customers.delete("z")).isTrue();
        assertThat(customers.delete("z")).isFalse();
        assertThat(customers.count()).isEqualTo(CUSTOMERS);
        assertThat(rows("customers")).isZero();
    }

    @Test
    void a_balance_that_its_entries_do_not_explain_is_found_in_the_banks_schema() throws SQLException {
        customers.create(customer("ada"));
        for (TestDatabase database : databases) {
            execute(database, "UPDATE bank.customers SET savings = savings + 1");
        }

        assertThat(shop.verify().audits()).first().satisfies(audit -> assertThat(
                        audit.found().examples())
                .extracting(AuditFinding::key)
                .containsExactly("ada"));
        for (TestDatabase database : databases) {
            execute(database, "UPDATE bank.customers SET savings = savings - 1");
        }
    }

    @Test
    void a_cluster_without_the_bank_says_so_to_who_asks_for_customers() throws SQLException {
        RingshardConfig config = config(BankConfig.OFF, TestCluster.shard("eu-1", databaseWithOtherCustomers()));
        Ringshard.init(config);
        try (Ringshard without = Ringshard.open(config)) {
            assertThatThrownBy(without::customers)
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("set bank: true, or bank: { schema: … } beside a table customers of yours");
        }
    }

    private static void execute(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long rows(String table) {
        return databases.stream().mapToLong(database -> rows(database, table)).sum();
    }

    private static long rows(TestDatabase database, String table) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
    }
}
