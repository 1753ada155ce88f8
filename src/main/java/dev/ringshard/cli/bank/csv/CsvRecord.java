package dev.ringshard.cli.bank.csv;

import java.util.ArrayList;
import java.util.List;

/**
 * The fields of one record, taken from its lines one after the other. The grammar is that of RFC 4180, section 2, with
 * commas and with any end of a line: what it does not allow is a fault and never guessed at. For one thread.
 */
final class CsvRecord {
    static final String NOT_CLOSED = "a quote is opened and not closed";

    private final List<String> fields = new ArrayList<>();
    private final StringBuilder field = new StringBuilder();
    private State state = State.BEFORE_FIELD;
    private String fault = "";

    private enum State {
        BEFORE_FIELD,
        PLAIN,
        QUOTED,
        BEHIND_QUOTE
    }

    /** Takes the next line, without its end. */
    void take(String line) {
        for (int i = 0; i < line.length() && fault.isEmpty(); i++) {
            take(line.charAt(i));
        }
        if (state != State.QUOTED) {
            endField();
        }
    }

    private void take(char next) {
        if (state == State.QUOTED) {
            takeQuoted(next);
        } else if (next == ',') {
            endField();
        } else if (next == '"') {
            takeQuote();
        } else if (state == State.BEHIND_QUOTE) {
            fault = "there is text behind a closing quote";
        } else {
            state = State.PLAIN;
            field.append(next);
        }
    }

    private void takeQuoted(char next) {
        if (next == '"') {
            state = State.BEHIND_QUOTE;
        } else {
            field.append(next);
        }
    }

    private void takeQuote() {
        switch (state) {
            case BEFORE_FIELD -> state = State.QUOTED;
            case BEHIND_QUOTE -> { // the second of two stands for one
                state = State.QUOTED;
                field.append('"');
            }
            case PLAIN, QUOTED -> fault = "a quote stands inside of a field that does not begin with one";
        }
    }

    private void endField() {
        fields.add(field.toString());
        field.setLength(0);
        state = State.BEFORE_FIELD;
    }

    /** Whether it goes on in the next line, because a quote is open. */
    boolean isOpen() {
        return state == State.QUOTED && fault.isEmpty();
    }

    /** Takes a line break that is quoted. */
    void takeLineBreak(String end) {
        field.append(end);
    }

    /** Why it is no record, as a sentence without an end; empty if it is one so far. */
    String fault() {
        return fault;
    }

    /** All fields, once it is not open. */
    List<String> fields() {
        return List.copyOf(fields);
    }
}
