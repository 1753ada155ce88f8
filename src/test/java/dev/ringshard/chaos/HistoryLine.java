package dev.ringshard.chaos;

import dev.ringshard.bank.Account;
import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.chaos.Operation.Read;
import dev.ringshard.chaos.Operation.Total;
import dev.ringshard.chaos.Operation.Transfer;
import dev.ringshard.chaos.Outcome.AlreadyApplied;
import dev.ringshard.chaos.Outcome.Applied;
import dev.ringshard.chaos.Outcome.InTransit;
import dev.ringshard.chaos.Outcome.Insufficient;
import dev.ringshard.chaos.Outcome.Refunded;
import dev.ringshard.chaos.Outcome.Refused;
import dev.ringshard.chaos.Outcome.Seen;
import dev.ringshard.chaos.Outcome.Summed;
import dev.ringshard.chaos.Outcome.Unknown;
import dev.ringshard.chaos.Outcome.Wrong;
import java.time.Duration;

/**
 * One line of a history's file: {@code call NUMBER NANOS OPERATION} or {@code return NUMBER NANOS OUTCOME}, words
 * separated by single blanks. The last word of a failure is free text.
 */
sealed interface HistoryLine {
    /** The operation that the line is about, counted within its client. */
    long number();

    /** When the line was true, by {@link System#nanoTime()}. */
    long nanos();

    record Call(long number, long nanos, Operation operation) implements HistoryLine {}

    record Return(long number, long nanos, Outcome outcome) implements HistoryLine {}

    default String text() {
        if (this instanceof Call call) {
            return "call " + call.number + " " + call.nanos + " " + text(call.operation);
        }
        Return answer = (Return) this;
        return "return " + answer.number + " " + answer.nanos + " " + text(answer.outcome);
    }

    private static String text(Operation operation) {
        if (operation instanceof Post post) {
            return "post " + post.key() + " " + post.account() + " " + post.cents() + " " + post.id() + " "
                    + post.isNoted() + " " + post.held();
        }
        if (operation instanceof Transfer transfer) {
            return "transfer " + transfer.from() + " " + transfer.fromAccount() + " " + transfer.to() + " "
                    + transfer.toAccount() + " " + transfer.cents() + " " + transfer.id();
        }
        return operation instanceof Read read ? "read " + read.key() : "total";
    }

    private static String text(Outcome outcome) {
        if (outcome instanceof Applied applied) {
            return "applied " + applied.balance();
        } else if (outcome instanceof AlreadyApplied already) {
            return "already " + already.balance();
        } else if (outcome instanceof Insufficient insufficient) {
            return "insufficient " + insufficient.balance();
        } else if (outcome instanceof InTransit transit) {
            return "transit " + transit.balance();
        } else if (outcome instanceof Refunded refunded) {
            return "refunded " + refunded.balance();
        } else if (outcome instanceof Seen seen) {
            Holdings held = seen.holdings();
            return "seen " + seen.version() + " " + held.savings() + " " + held.checking() + " "
                    + held.retirement401k();
        } else if (outcome instanceof Summed summed) {
            return "summed " + summed.customers() + " " + summed.cents();
        } else if (outcome instanceof Refused refused) {
            return "refused " + oneLine(refused.why());
        } else if (outcome instanceof Unknown unknown) {
            return "unknown " + oneLine(unknown.why());
        }
        return "wrong " + oneLine(((Wrong) outcome).what());
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }

    static HistoryLine parse(String line) {
        String[] words = line.split(" ", 4);
        long number = Long.parseLong(words[1]);
        long nanos = Long.parseLong(words[2]);
        return switch (words[0]) {
            case "call" -> new Call(number, nanos, operation(words[3].split(" ")));
            case "return" -> new Return(number, nanos, outcome(words[3]));
            default -> throw new IllegalArgumentException("This is no line of a history: " + line);
        };
    }

    private static Operation operation(String... words) {
        return switch (words[0]) {
            case "post" ->
                new Post(
                        words[1],
                        Account.valueOf(words[2]),
                        Long.parseLong(words[3]),
                        words[4],
                        Boolean.parseBoolean(words[5]),
                        Duration.parse(words[6]));
            case "transfer" ->
                new Transfer(
                        words[1],
                        Account.valueOf(words[2]),
                        words[3],
                        Account.valueOf(words[4]),
                        Long.parseLong(words[5]),
                        words[6]);
            case "read" -> new Read(words[1]);
            case "total" -> new Total();
            default -> throw new IllegalArgumentException("There is no such operation: " + words[0]);
        };
    }

    private static Outcome outcome(String text) {
        int blank = text.indexOf(' ');
        String rest = text.substring(blank + 1);
        return switch (text.substring(0, blank)) {
            case "applied" -> new Applied(Long.parseLong(rest));
            case "already" -> new AlreadyApplied(Long.parseLong(rest));
            case "insufficient" -> new Insufficient(Long.parseLong(rest));
            case "transit" -> new InTransit(Long.parseLong(rest));
            case "refunded" -> new Refunded(Long.parseLong(rest));
            case "seen" -> seen(rest.split(" "));
            case "summed" -> summed(rest.split(" "));
            case "refused" -> new Refused(rest);
            case "unknown" -> new Unknown(rest);
            case "wrong" -> new Wrong(rest);
            default -> throw new IllegalArgumentException("There is no such outcome: " + text);
        };
    }

    private static Seen seen(String... words) {
        Holdings holdings = new Holdings(Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
        return new Seen(Long.parseLong(words[0]), holdings);
    }

    private static Summed summed(String... words) {
        return new Summed(Long.parseLong(words[0]), Long.parseLong(words[1]));
    }
}
