package dev.ringshard.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.bank.Account;
import dev.ringshard.chaos.Notes.Event;
import dev.ringshard.chaos.Notes.Facts;
import dev.ringshard.chaos.Notes.Note;
import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.chaos.Outcome.Applied;
import dev.ringshard.chaos.Violation.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Notes of which something is wrong: the check must find it. Two of three deposits have one. */
class NotesCheckTest extends HistoryByHand {
    private final List<Note> notes = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();

    @BeforeEach
    void two_notes() {
        deposit("a", true);
        deposit("b", false);
        deposit("c", true);
        write(note(2, "a", Optional.empty()));
        write(note(4, "c", Optional.of(2L)));
    }

    @Test
    void notes_that_are_as_they_were_written_are_right() {
        assertThat(kindsOfNotes()).isEmpty();
    }

    @Test
    void a_note_that_is_missing_was_lost() {
        notes.remove(0);
        events.remove(0);

        assertThat(kindsOfNotes()).containsExactly(Kind.LOST);
    }

    @Test
    void a_note_on_two_shards_is_one_too_many() {
        notes.add(notes.get(0));

        assertThat(kindsOfNotes()).contains(Kind.APPLIED_TWICE);
    }

    @Test
    void a_note_that_nobody_asked_for_is_found() {
        write(note(3, "b", Optional.of(2L)));

        assertThat(kindsOfNotes()).containsExactly(Kind.OUT_OF_NOWHERE);
    }

    @Test
    void a_note_that_did_not_see_the_one_before_is_found() {
        notes.remove(1);
        events.remove(1);
        write(note(4, "c", Optional.empty()));

        assertThat(kindsOfNotes()).containsExactlyInAnyOrder(Kind.LOST, Kind.OUT_OF_NOWHERE);
    }

    @Test
    void a_note_apart_from_its_customer_is_found() {
        Note home = notes.remove(0);
        notes.add(new Note(home.facts(), home.row(), false));

        assertThat(kindsOfNotes()).containsExactly(Kind.NOT_AS_WRITTEN);
    }

    @Test
    void a_column_that_a_trigger_has_filled_again_is_found() {
        Note first = notes.remove(0);
        notes.add(new Note(first.facts(), "stamped again", true));

        assertThat(kindsOfNotes()).contains(Kind.NOT_AS_WRITTEN);
    }

    @Test
    void what_a_trigger_tells_of_a_move_is_found() {
        String row = notes.get(0).row();
        events.add(new Event("INSERT", row));
        events.add(new Event("DELETE", row));

        assertThat(kindsOfNotes()).containsExactly(Kind.TRIGGERED, Kind.TRIGGERED);
    }

    private void deposit(String id, boolean isNoted) {
        long number = written.size();
        did(
                2 * number,
                2 * number + 1,
                new Post(KEY, Account.SAVINGS, 100, id, isNoted, Duration.ZERO),
                new Applied(100_100 + 100 * number));
        wrote(id, 100);
    }

    private static Note note(long number, String operation, Optional<Long> previous) {
        Facts facts = new Facts(KEY, number, operation, previous);
        return new Note(facts, facts.toString(), true);
    }

    private void write(Note note) {
        notes.add(note);
        events.add(new Event("INSERT", note.row()));
    }

    private List<Kind> kindsOfNotes() {
        Books books = new Books(Map.of(KEY, Books.book(KEY, OPENING, written)));
        return NotesCheck.of(new History(history), books, new Notes(notes, events)).stream()
                .map(Violation::kind)
                .toList();
    }
}
