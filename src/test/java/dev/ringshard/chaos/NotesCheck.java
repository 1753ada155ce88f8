package dev.ringshard.chaos;

import dev.ringshard.chaos.Books.Book;
import dev.ringshard.chaos.Books.Entry;
import dev.ringshard.chaos.Notes.Event;
import dev.ringshard.chaos.Notes.Facts;
import dev.ringshard.chaos.Notes.Note;
import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.chaos.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Proves of an application's own rows that nothing shows in them but what clients did: each entry that was to have a note
 * has exactly one, on the shard of its customer, and in each column as the triggers left it when it was written; and these
 * fired once for it, and never for a row that moved.
 *
 * <p>That an entry is there if and only if its post was applied, {@link HistoryCheck} shows.
 */
final class NotesCheck {
    private static final String INSERT = "INSERT";

    private final List<Violation> violations = new ArrayList<>();

    private NotesCheck() {}

    /** All contradictions found; empty is the proof. */
    static List<Violation> of(History history, Books books, Notes notes) {
        NotesCheck check = new NotesCheck();
        check.checkNotes(expected(history, books), notes.notes());
        check.checkEvents(notes);
        return check.violations;
    }

    private static Set<Facts> expected(History history, Books books) {
        Set<String> noted = new HashSet<>();
        for (Invocation invocation : history.invocations()) {
            if (invocation.operation() instanceof Post post && post.isNoted()) {
                noted.add(post.id());
            }
        }
        Set<Facts> expected = new HashSet<>();
        for (Book book : books.byKey().values()) {
            Optional<Long> previous = Optional.empty();
            for (Entry entry : book.entries()) {
                if (noted.contains(entry.id())) {
                    expected.add(new Facts(book.key(), entry.number(), entry.id(), previous));
                    previous = Optional.of(entry.number());
                }
            }
        }
        return expected;
    }

    private void checkNotes(Set<Facts> expected, List<Note> notes) {
        Set<Facts> missing = new HashSet<>(expected);
        for (Note note : notes) {
            if (!missing.remove(note.facts())) {
                boolean isSecond = expected.contains(note.facts());
                violated(
                        isSecond ? Kind.APPLIED_TWICE : Kind.OUT_OF_NOWHERE,
                        "%s is %s".formatted(note, isSecond ? "there twice" : "of no entry that should have it"));
            }
            if (!note.isWithCustomer()) {
                violated(Kind.NOT_AS_WRITTEN, "%s is not where its customer is".formatted(note));
            }
        }
        missing.forEach(facts -> violated(Kind.LOST, "%s is missing".formatted(facts)));
    }

    private void checkEvents(Notes notes) {
        Map<String, Integer> told = new HashMap<>();
        for (Event event : notes.events()) {
            if (!event.what().equals(INSERT)) {
                violated(Kind.TRIGGERED, "no client did this: %s".formatted(event));
            } else if (told.merge(event.row(), 1, Integer::sum) > 1) {
                violated(Kind.TRIGGERED, "told twice: %s".formatted(event));
            }
        }
        for (Note note : notes.notes()) {
            if (told.remove(note.row()) == null) {
                violated(Kind.NOT_AS_WRITTEN, "the trigger told of no such note: %s".formatted(note));
            }
        }
        told.keySet().forEach(row -> violated(Kind.TRIGGERED, "told of a note that is not there: %s".formatted(row)));
    }

    private void violated(Kind kind, String text) {
        violations.add(new Violation(kind, text));
    }
}
