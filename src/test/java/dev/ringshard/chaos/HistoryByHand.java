package dev.ringshard.chaos;

import dev.ringshard.bank.Account;
import dev.ringshard.chaos.Books.Entry;
import dev.ringshard.chaos.Books.Opening;
import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.chaos.Operation.Read;
import dev.ringshard.chaos.Operation.Total;
import dev.ringshard.chaos.Outcome.Seen;
import dev.ringshard.chaos.Outcome.Summed;
import dev.ringshard.chaos.Outcome.Unknown;
import dev.ringshard.chaos.Violation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A history made by hand, and what is stored after it. One customer, who began with 1,000.00 at version 1; times are small
 * numbers.
 */
abstract class HistoryByHand {
    static final String KEY = "c-1";
    static final Opening OPENING = new Opening(1, new Holdings(100_000, 0, 0));

    final List<Invocation> history = new ArrayList<>();
    final List<Entry> written = new ArrayList<>();

    List<Violation> check() {
        Books books = new Books(Map.of(KEY, Books.book(KEY, OPENING, written)));
        return HistoryCheck.of(new History(history), Map.of(KEY, OPENING), books);
    }

    List<Kind> kinds() {
        return check().stream().map(Violation::kind).toList();
    }

    void wrote(String id, long cents) {
        written.add(new Entry(id, 0, Account.SAVINGS, cents, 0));
    }

    void post(long called, long returned, String id, long cents, Outcome outcome) {
        did(called, returned, new Post(KEY, Account.SAVINGS, cents, id), outcome);
    }

    void read(long called, long returned, long version, long savings) {
        did(called, returned, new Read(KEY), new Seen(version, new Holdings(savings, 0, 0)));
    }

    void total(long called, long returned, long cents) {
        did(called, returned, new Total(), new Summed(1, cents));
    }

    void did(long called, long returned, Operation operation, Outcome outcome) {
        long until = outcome instanceof Unknown ? Invocation.NEVER : returned;
        history.add(new Invocation("client", history.size() + 1, called, until, operation, outcome));
    }
}
