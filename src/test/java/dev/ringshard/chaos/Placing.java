package dev.ringshard.chaos;

import dev.ringshard.chaos.Books.Book;
import dev.ringshard.chaos.Books.Entry;
import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.chaos.Outcome.AlreadyApplied;
import dev.ringshard.chaos.Outcome.Applied;
import dev.ringshard.chaos.Outcome.Done;
import dev.ringshard.chaos.Outcome.Insufficient;
import dev.ringshard.chaos.Outcome.Seen;
import dev.ringshard.chaos.Violation.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Finds the place of each operation of one customer in the order of that customer's entries, by what it was answered;
 * reports answers that have none. Real time plays no part here.
 */
final class Placing {
    private final Book book;
    private final List<Holdings> held;
    private final Consumer<Violation> report;
    private final Map<String, Integer> writes = new HashMap<>();
    private final List<Placed> placed = new ArrayList<>();

    /** @param held what the customer held after each number of writes, from 0 */
    Placing(Book book, List<Holdings> held, Consumer<Violation> report) {
        this.book = book;
        this.held = held;
        this.report = report;
    }

    List<Placed> of(List<Invocation> invocations) {
        Map<String, List<Invocation>> attempts = new LinkedHashMap<>();
        for (Invocation invocation : invocations) {
            if (invocation.operation() instanceof Post post) {
                attempts.computeIfAbsent(post.id(), id -> new ArrayList<>()).add(invocation);
            } else if (invocation.outcome() instanceof Seen seen) {
                placeRead(invocation, seen);
            }
        }
        numberWrites(attempts);
        attempts.values().forEach(this::placePost);
        return placed;
    }

    private void numberWrites(Map<String, List<Invocation>> attempts) {
        for (int i = 0; i < book.entries().size(); i++) {
            Entry entry = book.entries().get(i);
            if (writes.put(entry.id(), i + 1) != null) {
                violated(
                        Kind.APPLIED_TWICE,
                        "two entries have the id %s; the second is %s".formatted(entry.id(), entry));
            }
            if (!attempts.containsKey(entry.id())) {
                violated(Kind.OUT_OF_NOWHERE, "nobody asked for %s".formatted(entry));
            }
        }
    }

    private void placeRead(Invocation read, Seen seen) {
        long number = seen.version() - book.opened().version();
        if (number < 0 || number >= held.size()) {
            violated(Kind.WRONG_ANSWER, "%s: there never was such a version".formatted(read.name()));
        } else if (!held.get((int) number).equals(seen.holdings())) {
            violated(Kind.WRONG_ANSWER, "%s: at that version it was %s".formatted(read.name(), held.get((int) number)));
        } else {
            placed.add(Placed.within(read, new Place.Only(Place.afterWrites((int) number))));
        }
    }

    /** All attempts of one post: the first and its repetitions with the same id. */
    private void placePost(List<Invocation> attempts) {
        Post post = (Post) attempts.get(0).operation();
        int write = writes.getOrDefault(post.id(), 0);
        if (write > 0) {
            placeWrite(attempts, post, write);
        }
        for (Invocation attempt : attempts) {
            if (attempt.outcome() instanceof Insufficient insufficient) {
                placeInsufficient(attempt, post, insufficient.balance(), write);
            } else if (attempt.outcome() instanceof AlreadyApplied already) {
                placeAlreadyApplied(attempt, already.balance(), write);
            } else if (attempt.outcome() instanceof Done done) {
                placeDone(attempt, done, write);
            } else if (attempt.outcome() instanceof Applied && write == 0) {
                violated(Kind.LOST, "%s has no entry".formatted(attempt.name()));
            }
        }
    }

    /**
     * It took effect in the attempt that was told so; if none was, in one whose outcome is unknown, or one that was told that it had
     * by then.
     */
    private void placeWrite(List<Invocation> attempts, Post post, int write) {
        Entry entry = book.entries().get(write - 1);
        if (entry.account() != post.account() || entry.cents() != post.cents()) {
            violated(Kind.OUT_OF_NOWHERE, "%s is not what %s asked for".formatted(entry, post));
        }
        Place place = new Place.Only(Place.ofWrite(write));
        List<Invocation> told = attempts.stream()
                .filter(attempt -> attempt.outcome() instanceof Applied)
                .toList();
        for (Invocation attempt : told) {
            requireBalance(attempt, ((Applied) attempt.outcome()).balance(), entry);
        }
        if (told.size() > 1) {
            violated(
                    Kind.APPLIED_TWICE,
                    "%s and %s".formatted(told.get(0).name(), told.get(1).name()));
        } else if (told.size() == 1) {
            placed.add(Placed.within(told.get(0), place));
        } else {
            List<Invocation> possible = attempts.stream()
                    .filter(attempt -> attempt.isUnknown() || attempt.outcome() instanceof Done)
                    .toList();
            long until = possible.stream().mapToLong(Invocation::returned).min().orElse(Invocation.NEVER);
            possible.stream()
                    .min(Comparator.comparingLong(Invocation::called))
                    .ifPresentOrElse(
                            first -> placed.add(new Placed(first, first.called(), until, place)),
                            () -> violated(
                                    Kind.OUT_OF_NOWHERE,
                                    "%s has an entry; no attempt can have written it"
                                            .formatted(attempts.get(0).name())));
        }
    }

    private void placeDone(Invocation attempt, Done done, int write) {
        if (write == 0) {
            violated(Kind.LOST, "%s has no entry".formatted(attempt.name()));
        } else {
            done.balance()
                    .ifPresent(balance ->
                            requireBalance(attempt, balance, book.entries().get(write - 1)));
            placed.add(Placed.within(attempt, new Place.After(write)));
        }
    }

    private void placeAlreadyApplied(Invocation attempt, long balance, int write) {
        if (write == 0) {
            violated(Kind.LOST, "%s has no entry".formatted(attempt.name()));
        } else {
            requireBalance(attempt, balance, book.entries().get(write - 1));
            placed.add(Placed.within(attempt, new Place.After(write)));
        }
    }

    /** There was too little then; and the id had not been used yet, or the answer had said so. */
    private void placeInsufficient(Invocation attempt, Post post, long balance, int write) {
        int most = write > 0 ? write - 1 : held.size() - 1;
        boolean tooLittle = balance + post.cents() < 0;
        placed.add(Placed.within(
                attempt,
                new Place.Fitting(writes -> tooLittle && held.get(writes).of(post.account()) == balance, most)));
    }

    private void requireBalance(Invocation attempt, long balance, Entry entry) {
        if (balance != entry.balanceAfter()) {
            violated(Kind.WRONG_ANSWER, "%s: its entry is %s".formatted(attempt.name(), entry));
        }
    }

    private void violated(Kind kind, String text) {
        report.accept(new Violation(kind, book.key() + ": " + text));
    }
}
