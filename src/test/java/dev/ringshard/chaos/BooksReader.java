package dev.ringshard.chaos;

import dev.ringshard.bank.Account;
import dev.ringshard.chaos.Books.Book;
import dev.ringshard.chaos.Books.Entry;
import dev.ringshard.chaos.Books.Opening;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the books from the tables themselves, past Ringshard. That no row is on two shards must have been made sure of. */
final class BooksReader {
    private final Map<String, Opening> openings = new HashMap<>();
    private final Map<String, List<Entry>> entries = new HashMap<>();
    private final Map<String, Book> books = new HashMap<>();

    private BooksReader() {}

    static Books read(Collection<Connection> shards) throws SQLException {
        BooksReader reader = new BooksReader();
        for (Connection shard : shards) {
            try (Statement statement = shard.createStatement()) {
                reader.readEntries(statement);
                reader.readCustomers(statement);
            }
        }
        return new Books(reader.books);
    }

    private void readEntries(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("""
                SELECT customer_key, operation_id, entry_number, kind, account, amount, balance_after
                FROM account_entries ORDER BY customer_key, entry_number""")) {
            while (row.next()) {
                String key = row.getString(1);
                Entry entry = new Entry(
                        row.getString(2),
                        row.getLong(3),
                        Account.valueOf(row.getString(5)),
                        Cents.of(row.getBigDecimal(6)),
                        Cents.of(row.getBigDecimal(7)));
                if (row.getString(4).equals("OPENING")) {
                    openings.merge(
                            key, opening(Holdings.NOTHING, entry), (opened, more) -> opening(opened.holdings(), entry));
                } else {
                    entries.computeIfAbsent(key, of -> new ArrayList<>()).add(entry);
                }
            }
        }
    }

    private static Opening opening(Holdings before, Entry entry) {
        return new Opening(entry.number(), before.plus(entry.account(), entry.cents()));
    }

    private void readCustomers(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(
                "SELECT customer_key, version, savings, checking, retirement_401k FROM customers")) {
            while (row.next()) {
                String key = row.getString(1);
                Holdings balances = new Holdings(
                        Cents.of(row.getBigDecimal(3)), Cents.of(row.getBigDecimal(4)), Cents.of(row.getBigDecimal(5)));
                Opening opened = openings.getOrDefault(key, new Opening(1, Holdings.NOTHING));
                books.put(key, new Book(key, opened, entries.getOrDefault(key, List.of()), row.getLong(2), balances));
            }
        }
    }
}
