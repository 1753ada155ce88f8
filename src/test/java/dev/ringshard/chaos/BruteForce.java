package dev.ringshard.chaos;

import dev.ringshard.chaos.Books.Book;
import dev.ringshard.chaos.Books.Entry;
import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.chaos.Outcome.AlreadyApplied;
import dev.ringshard.chaos.Outcome.Applied;
import dev.ringshard.chaos.Outcome.Insufficient;
import dev.ringshard.chaos.Outcome.Refused;
import dev.ringshard.chaos.Outcome.Seen;
import dev.ringshard.chaos.Outcome.Unknown;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Searches for a sequence of one customer's operations that explains all answers and ends in the books: tries whatever may
 * come next, as Wing and Gong do, and remembers what has failed, as Lowe does. For a handful of operations; only to hold
 * {@link HistoryCheck} against it.
 */
final class BruteForce {
    private final Book book;
    private final List<Invocation> operations;
    private final Set<State> failed = new HashSet<>();

    /** @param done the operations that are in the sequence, as bits */
    private record State(int done, Holdings holdings, long version, List<String> applied) {}

    private BruteForce(Book book, List<Invocation> operations) {
        this.book = book;
        this.operations = operations;
    }

    static boolean explains(Book book, List<Invocation> operations) {
        return new BruteForce(book, operations)
                .search(new State(0, book.opened().holdings(), book.opened().version(), List.of()));
    }

    private boolean search(State state) {
        if (isEnd(state)) {
            return true;
        }
        if (!failed.add(state)) {
            return false;
        }
        for (int i = 0; i < operations.size(); i++) {
            if (mayBeNext(state.done(), i) && search(after(state, i))) {
                return true;
            }
        }
        return false;
    }

    /** The entries are there, all of them and in their order, and all that was answered is explained. */
    private boolean isEnd(State state) {
        boolean allExplained = true;
        for (int i = 0; i < operations.size(); i++) {
            allExplained &= isDone(state.done(), i) || isOptional(operations.get(i));
        }
        return allExplained
                && state.applied().equals(book.entries().stream().map(Entry::id).toList())
                && state.version() == book.version()
                && state.holdings().equals(book.balances());
    }

    private static boolean isOptional(Invocation operation) {
        return operation.isUnknown() || operation.outcome() instanceof Refused;
    }

    private static boolean isDone(int done, int operation) {
        return (done & 1 << operation) != 0;
    }

    /** Not after something that has not been explained and was over before it began. */
    private boolean mayBeNext(int done, int next) {
        if (isDone(done, next) || operations.get(next).outcome() instanceof Refused) {
            return false;
        }
        for (int i = 0; i < operations.size(); i++) {
            Invocation other = operations.get(i);
            if (!isDone(done, i) && !isOptional(other) && other.isBefore(operations.get(next))) {
                return false;
            }
        }
        return true;
    }

    /** A state that has failed already if the answer is not the one that the model gives. */
    private State after(State state, int next) {
        Invocation invocation = operations.get(next);
        int done = state.done() | 1 << next;
        State same = new State(done, state.holdings(), state.version(), state.applied());
        if (invocation.outcome() instanceof Seen seen) {
            boolean right = seen.version() == state.version() && seen.holdings().equals(state.holdings());
            return right ? same : state;
        }
        Post post = (Post) invocation.operation();
        boolean used = state.applied().contains(post.id());
        long balance = state.holdings().of(post.account());
        if (invocation.outcome() instanceof AlreadyApplied already) {
            return used && already.balance() == balanceAfter(post.id()) ? same : state;
        } else if (invocation.outcome() instanceof Insufficient insufficient) {
            boolean right = !used && insufficient.balance() == balance && balance + post.cents() < 0;
            return right ? same : state;
        }
        long after = balance + post.cents();
        boolean right = !used
                && (invocation.outcome() instanceof Unknown
                        || invocation.outcome().equals(new Applied(after)));
        return right ? applied(state, done, post) : state;
    }

    private static State applied(State state, int done, Post post) {
        List<String> applied =
                Stream.concat(state.applied().stream(), Stream.of(post.id())).toList();
        return new State(done, state.holdings().plus(post.account(), post.cents()), state.version() + 1, applied);
    }

    private long balanceAfter(String id) {
        return book.entries().stream()
                .filter(entry -> entry.id().equals(id))
                .mapToLong(Entry::balanceAfter)
                .findFirst()
                .orElse(Long.MIN_VALUE);
    }
}
