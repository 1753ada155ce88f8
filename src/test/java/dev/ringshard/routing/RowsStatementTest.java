package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.failure.InvalidInputException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which texts may be sent without asking for the owner first. It does not show what functions and triggers read. */
class RowsStatementTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            UPDATE orders SET paid = ? WHERE id = ?                                    | orders
            update Shop.Orders o set paid = ? where o.id = ? returning o.paid          | shop.orders
            INSERT INTO orders (id, note) VALUES (?, 'SELECT 1; FROM us')              | orders
            INSERT INTO orders(id) VALUES (?) ON CONFLICT (id) DO UPDATE SET n = 1     | orders
            DELETE FROM orders WHERE id = ? AND a IS NOT DISTINCT FROM ?               | orders
            UPDATE orders SET n = 1 /* SELECT */ WHERE id = ? -- FROM others           | orders
            UPDATE orders SET from_day = ?, "select" = ? WHERE id = ?                  | orders
            """)
    void rows_of_one_table_are_accepted_whatever_is_quoted(String sql, String table) {
        assertThat(RowsStatement.of(sql).table()).isEqualTo(table);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1",
                "",
                "WITH n AS (UPDATE orders SET n = 1 RETURNING n) INSERT INTO orders VALUES (1)",
                "MERGE INTO orders USING others ON TRUE WHEN MATCHED THEN DELETE",
                "UPDATE orders SET n = (SELECT max(n) FROM others)",
                "UPDATE orders SET n = (TABLE others)",
                "UPDATE orders SET n = o.n FROM others o",
                "DELETE FROM orders USING others",
                "INSERT INTO orders SELECT * FROM others",
                "INSERT INTO orders TABLE others",
                "UPDATE orders SET n = 1; DELETE FROM others",
                "UPDATE ONLY orders SET n = 1",
                "UPDATE \"Orders\" SET n = 1",
                "UPDATE shop.\"Orders\" SET n = 1",
                "UPDATE ordersä SET n = 1",
                "UPDATE a.b.c SET n = 1",
                "UPDATE orders SET t = E'\\'', n = (SELECT 1), u = ''",
                "UPDATE orders SET t = $$'$$, n = (SELECT 1), u = '$$'",
                "UPDATE orders SET n = 1 -- '\r, m = (SELECT 1) --'",
                "UPDATE orders SET n = 1 /* /* */ , m = (SELECT 1) */",
            })
    void what_may_read_or_write_anything_else_is_refused(String sql) {
        assertThatThrownBy(() -> FencedStatement.ofRows(sql))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Nothing was run. Use FencedStatement.of");
    }
}
