package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.routing.Router;
import dev.ringshard.testing.HandMover;
import dev.ringshard.testing.OpenCluster;
import dev.ringshard.testing.TestDatabase;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * What all contracts of this room share: a cluster on fresh databases for each class, empty before each test, and proven
 * sound after it (see {@link OpenCluster#assertSound}).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CustomersContract {
    private final List<DatabaseKind> kinds;

    OpenCluster cluster;
    CustomerRepository customers;
    Router router;

    /** @param kinds one for each shard */
    @SuppressWarnings("NullAway.Init") // by openCluster
    CustomersContract(DatabaseKind... kinds) {
        this.kinds = List.of(kinds);
    }

    @BeforeAll
    void openCluster() throws SQLException {
        cluster = OpenCluster.of(kinds);
        customers = cluster.ringshard().customers();
        router = cluster.ringshard().router();
    }

    @AfterAll
    void closeCluster() throws SQLException {
        cluster.close();
    }

    @BeforeEach
    void beginWithoutCustomers() throws SQLException {
        cluster.empty();
    }

    @AfterEach
    void clusterIsSound() throws SQLException {
        cluster.assertSound();
    }

    static BigDecimal money(String amount) {
        return new BigDecimal(amount);
    }

    static OperationId id(String value) {
        return new OperationId(value);
    }

    /** A customer with this on the checking account and nothing else. */
    String customerWith(String checking, String key) {
        customers.create(new NewCustomer(key, "Ada", "Lovelace", new Balances("0", checking, "0")));
        return key;
    }

    Customer found(String key) {
        return customers.find(key).orElseThrow();
    }

    BigDecimal balance(String key, Account account) {
        return found(key).balances().of(account);
    }

    String shardOf(String key) {
        return router.locate(key).shard();
    }

    /** The first of the keys {@code prefix-0}, {@code prefix-1} and so on that lives on such a shard. */
    String keyWhere(String prefix, Predicate<String> shard) {
        return Stream.iterate(0, i -> i + 1)
                .limit(100_000)
                .map(i -> prefix + "-" + i)
                .filter(key -> shard.test(shardOf(key)))
                .findFirst()
                .orElseThrow();
    }

    /** Moves a stored range as it is. */
    void move(String source, String target, long firstToken) throws SQLException {
        try (HandMover mover = mover(source, target, firstToken)) {
            mover.move();
        }
    }

    HandMover mover(String source, String target, long firstToken) throws SQLException {
        return new HandMover(
                database(source), database(target), target, cluster.config().shardedTables(), firstToken);
    }

    TestDatabase database(String shard) {
        return TestDatabase.of(cluster.config().shard(shard).orElseThrow());
    }

    /** Of the stored range that holds the key. */
    long firstTokenOf(String key) {
        try (Statement statement = Objects.requireNonNull(cluster.connections().get(shardOf(key)))
                        .createStatement();
                ResultSet row = statement.executeQuery("SELECT first_token FROM ringshard.owned_range WHERE "
                        + router.token(key) + " BETWEEN first_token AND last_token")) {
            row.next();
            return row.getLong(1);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Everything stored of a customer. */
    record Everything(Optional<Customer> customer, List<AccountEntry> entries) {}

    Everything everything(String key) {
        return new Everything(customers.find(key), customers.entries(key, 1000));
    }

    /** The call fails so, says so, and leaves these customers exactly as they were. */
    <E extends RingshardException> void assertRefused(
            Class<E> failure, String said, ThrowingCallable call, String... untouched) {
        List<Everything> before = Stream.of(untouched).map(this::everything).toList();
        assertThatThrownBy(call).isInstanceOf(failure).hasMessageContaining(said);
        assertThat(Stream.of(untouched).map(this::everything).toList()).isEqualTo(before);
    }
}
