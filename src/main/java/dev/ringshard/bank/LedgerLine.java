package dev.ringshard.bank;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is stored of one key under one token: balances, and the sums of entries.
 *
 * @param hasCustomer whether the customer is among it
 */
record LedgerLine(
        String key,
        long token,
        boolean hasCustomer,
        Map<Account, BigDecimal> balances,
        Map<Account, BigDecimal> entries) {

    /** The queries of lines, over two tables by their names. */
    record Sql(String customers, String entries) {
        /** Lines in a range of tokens whose balances and entries differ. First and last token, twice. */
        String differing() {
            return lines("ring_token BETWEEN ? AND ?") + " HAVING "
                    + all("sum(balance_%1$s) <> sum(entries_%1$s)", " OR ");
        }

        /** All lines of a key. The key, twice. */
        String ofKey() {
            return lines("customer_key = ?");
        }

        private String lines(String which) {
            return """
                    SELECT customer_key, ring_token, sum(customers), %s, %s
                    FROM (SELECT customer_key, ring_token, 1 AS customers, %s, %s FROM %s WHERE %s
                          UNION ALL
                          SELECT customer_key, ring_token, 0, %s, %s FROM %s WHERE %s) ledger
                    GROUP BY customer_key, ring_token""".formatted(
                            all("sum(balance_%1$s)", ", "),
                            all("sum(entries_%1$s)", ", "),
                            all("%1$s AS balance_%1$s", ", "),
                            all("0 AS entries_%1$s", ", "),
                            customers,
                            which,
                            all("0", ", "),
                            all("CASE account WHEN '%2$s' THEN amount ELSE 0 END", ", "),
                            entries,
                            which);
        }
    }

    /** The same piece of SQL for each account: {@code %1$s} is the column of its balance, {@code %2$s} its name. */
    private static String all(String piece, String separator) {
        return Stream.of(Account.values())
                .map(account -> piece.formatted(CustomerTable.balance(account).getName(), account.name()))
                .collect(Collectors.joining(separator));
    }

    static LedgerLine read(ResultSet row) throws SQLException {
        Map<Account, BigDecimal> balances = new EnumMap<>(Account.class);
        Map<Account, BigDecimal> entries = new EnumMap<>(Account.class);
        int column = 4;
        for (Account account : Account.values()) {
            balances.put(account, row.getBigDecimal(column).setScale(Money.SCALE));
            entries.put(
                    account, row.getBigDecimal(column + Account.values().length).setScale(Money.SCALE));
            column++;
        }
        return new LedgerLine(row.getString(1), row.getLong(2), row.getLong(3) > 0, balances, entries);
    }

    boolean differs() {
        return !imbalances().isEmpty();
    }

    /** Both together, at this one's token. */
    LedgerLine plus(LedgerLine other) {
        return new LedgerLine(
                key,
                token,
                hasCustomer || other.hasCustomer,
                each(account -> balance(account).add(other.balance(account))),
                each(account -> sum(account).add(other.sum(account))));
    }

    private static Map<Account, BigDecimal> each(Function<Account, BigDecimal> amount) {
        Map<Account, BigDecimal> amounts = new EnumMap<>(Account.class);
        for (Account account : Account.values()) {
            amounts.put(account, amount.apply(account));
        }
        return amounts;
    }

    /** The accounts that differ; empty if none does. */
    List<Imbalance> imbalances() {
        List<Imbalance> differing = new ArrayList<>();
        for (Account account : Account.values()) {
            if (balance(account).compareTo(sum(account)) != 0) {
                Optional<BigDecimal> balance = hasCustomer ? Optional.of(balance(account)) : Optional.empty();
                differing.add(new Imbalance(account, balance, sum(account)));
            }
        }
        return differing;
    }

    private BigDecimal balance(Account account) {
        return Objects.requireNonNull(balances.get(account));
    }

    private BigDecimal sum(Account account) {
        return Objects.requireNonNull(entries.get(account));
    }
}
