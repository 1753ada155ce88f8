package dev.ringshard.cli.bank.demo;

import dev.ringshard.bank.Posting;
import dev.ringshard.cli.bank.demo.DemoOperation.Kind;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.HdrHistogram.Histogram;

/** What the shards acknowledged, kept apart from what they store. Thread-safe. */
final class DemoTally {
    private final Map<Kind, Answers> answers = new EnumMap<>(Kind.class);
    private final Histogram micros = new Histogram(3);
    private BigDecimal opened = BigDecimal.ZERO.setScale(2);

    /**
     * The answers to one kind of operation.
     *
     * @param applied how many moved money
     * @param money how much those moved
     * @param repeated how many were sent again and moved nothing
     * @param refused how many the account could not pay
     */
    record Answers(long applied, BigDecimal money, long repeated, long refused) {
        static final Answers NOTHING = new Answers(0, BigDecimal.ZERO.setScale(2), 0, 0);

        Answers plus(Posting answer, BigDecimal amount) {
            if (answer instanceof Posting.Applied || answer instanceof Posting.InTransit) {
                return new Answers(applied + 1, money.add(amount), repeated, refused);
            }
            return answer instanceof Posting.AlreadyApplied
                    ? new Answers(applied, money, repeated + 1, refused)
                    : new Answers(applied, money, repeated, refused + 1);
        }
    }

    DemoTally() {
        for (Kind kind : Kind.values()) {
            answers.put(kind, Answers.NOTHING);
        }
    }

    synchronized void opened(BigDecimal money) {
        opened = opened.add(money);
    }

    synchronized void answered(DemoOperation operation, Posting answer) {
        answers.put(operation.kind(), of(operation.kind()).plus(answer, operation.amount()));
    }

    /** How long the caller of an operation waited for its answer. */
    synchronized void waited(Duration time) {
        micros.recordValue(time.toNanos() / 1000);
    }

    /** The percentile of the time that callers waited. */
    synchronized Duration percentile(double percent) {
        return Duration.ofNanos(1000 * micros.getValueAtPercentile(percent));
    }

    synchronized Answers of(Kind kind) {
        return Objects.requireNonNull(answers.get(kind));
    }

    /** What all accounts were opened with. */
    synchronized BigDecimal opened() {
        return opened;
    }

    /** What all accounts must hold. */
    synchronized BigDecimal expected() {
        return opened.add(of(Kind.DEPOSIT).money()).subtract(of(Kind.WITHDRAWAL).money());
    }
}
