package dev.ringshard.chaos;

import dev.ringshard.bank.Account;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the shards hold after everything has come to rest.
 *
 * @param byKey every customer's
 */
record Books(Map<String, Book> byKey) {

    Books {
        byKey = Map.copyOf(byKey);
    }

    /**
     * What is stored of one customer.
     *
     * @param opened what the accounts were opened with
     * @param entries all later movements, by their number
     * @param version the customer's
     * @param balances the customer's
     */
    record Book(String key, Opening opened, List<Entry> entries, long version, Holdings balances) {
        Book {
            entries = List.copyOf(entries);
        }
    }

    /**
     * How a customer began.
     *
     * @param version the customer's version right after
     */
    record Opening(long version, Holdings holdings) {}

    /** One movement. */
    record Entry(String id, long number, Account account, long cents, long balanceAfter) {}

    /** Books in which exactly these movements happened, in this order. */
    static Book book(String key, Opening opened, List<Entry> movements) {
        List<Entry> entries = new ArrayList<>();
        Holdings holdings = opened.holdings();
        for (Entry movement : movements) {
            holdings = holdings.plus(movement.account(), movement.cents());
            entries.add(new Entry(
                    movement.id(),
                    opened.version() + entries.size() + 1,
                    movement.account(),
                    movement.cents(),
                    holdings.of(movement.account())));
        }
        return new Book(key, opened, entries, opened.version() + entries.size(), holdings);
    }
}
