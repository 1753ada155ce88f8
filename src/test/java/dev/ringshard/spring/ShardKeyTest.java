package dev.ringshard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.spring.ShopApplication.Founding;
import dev.ringshard.spring.ShopApplication.NewOrder;
import dev.ringshard.spring.ShopApplication.OrderTexts;
import dev.ringshard.spring.ShopApplication.Orders;
import dev.ringshard.spring.ShopApplication.Shop;
import java.math.BigDecimal;
import java.sql.SQLTransactionRollbackException;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.ShardingKeyDataSourceAdapter;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;

/** Keys of the methods of beans, and Spring's transactions. */
class ShardKeyTest {
    @SuppressWarnings("NullAway.Init")
    private static SpringShop shop;

    @BeforeAll
    static void start() {
        shop = SpringShop.start(DatabaseKind.H2, 2);
    }

    @AfterAll
    static void close() {
        shop.close();
    }

    private static final Class<Orders> ORDERS = Orders.class;

    @Test
    void methods_work_where_the_key_lives_that_they_name_and_in_their_transaction() {
        UUID one = shop.tenantOn("eu-1");
        UUID two = shop.tenantOn("eu-2");
        Orders orders = shop.bean(ORDERS);
        orders.place(order(one, 1));
        orders.place(order(one, 2));
        orders.place(order(two, 1));

        assertThatThrownBy(() -> orders.place(new NewOrder(two, 2, new BigDecimal("-1.00"))))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(orders.count(one)).isEqualTo(2);
        assertThat(orders.count(two)).as("the second was rolled back").isEqualTo(1);
        assertThat(shop.bean(OrderTexts.class).texts(one)).containsExactly("1: 12.50", "2: 12.50");
    }

    @Test
    void several_keys_of_one_shard_work_together() {
        UUID one = shop.tenantOn("eu-1");
        UUID beside = shop.tenantOn("eu-1");
        UUID elsewhere = shop.tenantOn("eu-2");
        Orders orders = shop.bean(ORDERS);
        orders.place(order(one, 1));
        orders.place(order(beside, 1));

        assertThat(orders.countOfAll(List.of(one, beside))).isEqualTo(2);
        assertThatThrownBy(() -> orders.countOfAll(List.of(one, elsewhere)))
                .isInstanceOf(DataAccessException.class)
                .rootCause()
                .hasMessageContaining("shard");
    }

    @Test
    void a_transaction_whose_first_statement_comes_from_within_has_its_key_from_there() {
        UUID one = shop.tenantOn("eu-1");
        UUID two = shop.tenantOn("eu-2");
        Shop calls = shop.bean(Shop.class);

        calls.placeBoth(order(one, 1), order(one, 2));
        assertThatThrownBy(() -> calls.placeBoth(order(two, 1), order(one, 3)))
                .as("another key in the same transaction")
                .isInstanceOf(DataAccessException.class)
                .hasRootCauseMessage("""
                        The thread works for another key now than when this connection was got, so the rows that are meant may \
                        be on another shard. The statement was not run. Get a connection within the inner work, in a \
                        transaction of its own; or name all keys outside: ShardKey.with(List.of(…), …).""");

        assertThat(shop.bean(ORDERS).count(one)).isEqualTo(2);
        assertThat(shop.bean(ORDERS).count(two)).isZero();
    }

    @Test
    void a_key_is_the_same_however_it_is_written() {
        UUID one = shop.tenantOn("eu-1");
        int counted = dev.ringshard.jdbc.ShardKey.with(
                one.toString().toUpperCase(Locale.ROOT), // as a header may have it
                () -> shop.bean(Shop.class).countWithin(one));
        assertThat(counted).isZero();
    }

    @Test
    void a_method_of_another_key_is_refused_in_the_transaction_it_would_join_and_works_in_one_of_its_own() {
        UUID one = shop.tenantOn("eu-1");
        UUID two = shop.tenantOn("eu-2");
        shop.bean(ORDERS).place(order(two, 1));
        Shop calls = shop.bean(Shop.class);

        assertThatThrownBy(() -> calls.countBesideAnother(one, two)).isInstanceOf(DataAccessException.class);

        UUID another = UUID.randomUUID();
        calls.renameWhileAnotherIsFounded(one, shop.bean(Founding.class), another);
        shop.bean(ORDERS).place(order(another, 1));
        assertThat(shop.bean(ORDERS).count(another)).isEqualTo(1);
    }

    @Test
    void without_a_key_nothing_is_called_or_run() {
        assertThatThrownBy(() -> shop.bean(ORDERS).count(null))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Orders.count")
                .hasMessageContaining("#p0");
        assertThatThrownBy(() -> shop.bean(ORDERS).countOfNobody())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Orders.countOfNobody");
        assertThatThrownBy(() -> shop.bean(OrderTexts.class).texts(null))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("OrderTexts");
        assertThatThrownBy(() -> shop.bean(Shop.class).namesWithoutKey())
                .isInstanceOf(DataAccessException.class)
                .rootCause()
                .hasMessageContaining("no key");
    }

    @Test
    void a_method_with_two_keys_or_with_none_to_read_is_refused() {
        assertThatThrownBy(() -> KeyExpression.of(TwoKeys.class.getDeclaredMethod("run", UUID.class)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("TwoKeys.run has more than one @ShardKey");
        assertThatThrownBy(() -> KeyExpression.of(NoExpression.class.getDeclaredMethod("run", UUID.class)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("NoExpression.run has no expression");
        assertThatThrownBy(() -> KeyExpression.of(Unreadable.class.getDeclaredMethod("run", UUID.class)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Unreadable.run has #tenant.(, which is no expression");
    }

    @Test
    void a_method_that_runs_in_another_thread_has_its_key_there() throws Exception {
        UUID two = shop.tenantOn("eu-2");
        shop.bean(ORDERS).place(order(two, 1));

        assertThat(shop.bean(ORDERS).countLater(two).get()).isEqualTo(1);
    }

    /** The SQLSTATE of what may be repeated is one that Spring knows as that, so that its retries see it. */
    @Test
    void what_may_be_repeated_is_a_failure_of_concurrency_to_spring() {
        assertThat(new SQLExceptionSubclassTranslator()
                        .translate("a transaction", null, new SQLTransactionRollbackException("again", "40001")))
                .isInstanceOf(ConcurrencyFailureException.class);
    }

    /** What Spring has for data sources with sharding keys, of an application that knows its keys otherwise. */
    @Test
    void springs_own_adapter_of_sharding_keys_works_with_the_data_source() {
        UUID two = shop.tenantOn("eu-2");
        ShardingKeyDataSourceAdapter adapter =
                new ShardingKeyDataSourceAdapter(shop.ringshard().dataSource());
        adapter.setShardingKeyProvider(() -> dev.ringshard.jdbc.ShardKey.of(two));

        assertThat(new JdbcTemplate(adapter).queryForList("SELECT name FROM tenants WHERE id = ?", String.class, two))
                .containsExactly("Ada");
    }

    private static NewOrder order(UUID tenant, int number) {
        return new NewOrder(tenant, number, new BigDecimal("12.50"));
    }

    static class TwoKeys {
        @ShardKey("#tenant")
        void run(@ShardKey UUID tenant) {}
    }

    static class NoExpression {
        @ShardKey
        void run(UUID tenant) {}
    }

    static class Unreadable {
        @ShardKey("#tenant.(")
        void run(UUID tenant) {}
    }
}
