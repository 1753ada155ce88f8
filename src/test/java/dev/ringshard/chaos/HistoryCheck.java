package dev.ringshard.chaos;

import dev.ringshard.chaos.Books.Book;
import dev.ringshard.chaos.Books.Entry;
import dev.ringshard.chaos.Books.Opening;
import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.chaos.Operation.Read;
import dev.ringshard.chaos.Operation.Total;
import dev.ringshard.chaos.Operation.Transfer;
import dev.ringshard.chaos.Outcome.Wrong;
import dev.ringshard.chaos.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Proves of a whole history, not of a sample: each acknowledged post was applied exactly once, each with an unknown
 * outcome at most once, and each refused one never; every customer is linearizable; every read over all shards is
 * explained by what was under way.
 *
 * <p>Linearizable (Herlihy and Wing, 1990) means: all operations can be put in one sequence that gives each the answer
 * that it got, and that has one before another if it was over before the other began. It is local, so that a history is
 * if each customer's part of it is; this is also the simplest P-composition of Horn and Kroening (2015). To search for
 * the sequence is exponential at worst (Wing and Gong, 1993; Lowe, 2017). Here it need not be searched for, because the
 * books hold the order of all writes, and with that it is a matter of sorting (Gibbons and Korach, "Testing Shared
 * Memories", 1997): {@link Placing} finds where among the writes each answer belongs, and {@link RealTimeOrder} compares
 * that with the times. The order in the books is also the only one allowed: it is what the application is shown.
 *
 * <p>A transfer is a debit of one customer and a credit of another, or a refund: each is placed among the writes of its customer,
 * {@link TransferCheck} holds them together, and no total may tell that the money was on its way.
 *
 * <p>It does not show that a fault was met at a bad moment; and a customer's renames and deletions are not part of a
 * history.
 */
final class HistoryCheck {
    private final Map<String, Opening> founded;
    private final Books books;
    private final List<Violation> violations = new ArrayList<>();
    private final Map<String, Window> windows = new LinkedHashMap<>();
    private final Set<String> moved = new HashSet<>();

    private HistoryCheck(Map<String, Opening> founded, Books books) {
        this.founded = founded;
        this.books = books;
    }

    /**
     * All contradictions found; empty is the proof.
     *
     * @param founded the customers, all there before the history began
     */
    static List<Violation> of(History history, Map<String, Opening> founded, Books books) {
        HistoryCheck check = new HistoryCheck(founded, books);
        check.run(history);
        return check.violations;
    }

    private void run(History history) {
        checkCustomers();
        Map<String, List<Invocation>> byKey = new HashMap<>();
        List<Invocation> totals = new ArrayList<>();
        Set<Transfer> transfers = new LinkedHashSet<>();
        for (Invocation invocation : history.invocations()) {
            if (invocation.outcome() instanceof Wrong) {
                violations.add(new Violation(Kind.UNEXPECTED, invocation.name()));
            }
            Operation operation = invocation.operation();
            if (operation instanceof Total) {
                totals.add(invocation);
            } else if (operation instanceof Transfer transfer) {
                transfers.add(transfer);
                moved.addAll(List.of(
                        TransferParts.debit(transfer).id(),
                        TransferParts.refund(transfer).id()));
                new TransferParts(invocation, transfer).invocations().forEach(part -> add(part, byKey));
            } else {
                add(invocation, byKey);
            }
        }
        for (Book book : books.byKey().values()) {
            checkBook(book);
            checkCustomer(book, byKey.getOrDefault(book.key(), List.of()));
        }
        TotalsCheck totalsCheck = new TotalsCheck(windows.values(), violations::add);
        totals.forEach(totalsCheck::check);
        TransferCheck transferCheck = new TransferCheck(books, violations::add);
        transfers.stream()
                .filter(transfer -> books.byKey().keySet().containsAll(List.of(transfer.from(), transfer.to())))
                .forEach(transferCheck::check);
    }

    private static void add(Invocation invocation, Map<String, List<Invocation>> byKey) {
        byKey.computeIfAbsent(key(invocation.operation()), key -> new ArrayList<>())
                .add(invocation);
    }

    private static String key(Operation operation) {
        return operation instanceof Post post ? post.key() : ((Read) operation).key();
    }

    private void checkCustomers() {
        Map<String, Opening> stored = new HashMap<>();
        books.byKey().forEach((key, book) -> stored.put(key, book.opened()));
        founded.forEach((key, opening) -> {
            if (!opening.equals(stored.remove(key))) {
                violations.add(new Violation(Kind.CUSTOMERS_DIFFER, key + " did not begin, or not with " + opening));
            }
        });
        stored.forEach((key, opening) ->
                violations.add(new Violation(Kind.CUSTOMERS_DIFFER, key + " is there, and was not founded")));
    }

    private void checkBook(Book book) {
        Book sound = Books.book(book.key(), book.opened(), book.entries());
        for (int i = 0; i < book.entries().size(); i++) {
            Entry should = sound.entries().get(i);
            if (!book.entries().get(i).equals(should)) {
                doesNotAddUp(
                        book, "entry %s should be %s".formatted(book.entries().get(i), should));
                return;
            }
        }
        if (book.version() != sound.version() || !book.balances().equals(sound.balances())) {
            doesNotAddUp(
                    book,
                    "the customer has version %d and %s, and the entries lead to version %d and %s"
                            .formatted(book.version(), book.balances(), sound.version(), sound.balances()));
        }
    }

    private void doesNotAddUp(Book book, String what) {
        violations.add(new Violation(Kind.BOOKS_DO_NOT_ADD_UP, book.key() + ": " + what));
    }

    private void checkCustomer(Book book, List<Invocation> invocations) {
        List<Holdings> held = held(book, entry -> true);
        List<Placed> placed = new Placing(book, held, violations::add).of(invocations);
        RealTimeOrder order = new RealTimeOrder(placed);
        order.check(book.key(), violations::add);
        windows.put(book.key(), order.window(held(book, entry -> !moved.contains(entry.id()))));
    }

    /**
     * After each number of writes, from 0.
     *
     * @param counts which of them count: what goes from one customer to another changes no total, wherever it is
     */
    private static List<Holdings> held(Book book, Predicate<Entry> counts) {
        List<Holdings> held = new ArrayList<>(book.entries().size() + 1);
        Holdings holdings = book.opened().holdings();
        held.add(holdings);
        for (Entry entry : book.entries()) {
            holdings = counts.test(entry) ? holdings.plus(entry.account(), entry.cents()) : holdings;
            held.add(holdings);
        }
        return held;
    }
}
