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
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is stored of one key under one token: balances, and the sums of entries.
 *
 * @param hasCustomer whether the customer is among it
 * @param balances of all accounts but those that are no amount; so {@code entries}
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
                    + all(
                            "sum(balance_%1$s) <> sum(entries_%1$s) OR CAST(sum(balance_%1$s) AS varchar) = 'NaN'",
                            " OR ");
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
            Money.find(row, column).ifPresent(sum -> balances.put(account, sum.setScale(Money.SCALE)));
            Money.find(row, column + Account.values().length)
                    .ifPresent(sum -> entries.put(account, sum.setScale(Money.SCALE)));
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
                sums(balances, other.balances),
                sums(entries, other.entries));
    }

    /** What is no amount in one of them is none in the sum. */
    private static Map<Account, BigDecimal> sums(Map<Account, BigDecimal> one, Map<Account, BigDecimal> other) {
        Map<Account, BigDecimal> sums = new EnumMap<>(one);
        sums.keySet().retainAll(other.keySet());
        sums.replaceAll((account, amount) -> amount.add(Objects.requireNonNull(other.get(account))));
        return sums;
    }

    /** The accounts that differ; empty if none does. */
    List<Imbalance> imbalances() {
        List<Imbalance> differing = new ArrayList<>();
        for (Account account : Account.values()) {
            Optional<BigDecimal> balance = Optional.ofNullable(balances.get(account));
            Optional<BigDecimal> sum = Optional.ofNullable(entries.get(account));
            boolean agree =
                    balance.isPresent() && sum.isPresent() && balance.get().compareTo(sum.get()) == 0;
            if (!agree) {
                differing.add(new Imbalance(account, hasCustomer, balance, sum));
            }
        }
        return differing;
    }
}
