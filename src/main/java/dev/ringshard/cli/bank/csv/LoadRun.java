package dev.ringshard.cli.bank.csv;

import dev.ringshard.cli.bank.csv.LoadInput.Item;
import dev.ringshard.cli.screen.ProgressLine;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.failure.InvalidInputException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One pass over the lines of the input, in constant memory.
 *
 * @param activity what is done, for the progress line
 * @param checkKey throws {@link InvalidInputException} for what cannot be a customer's key
 * @param isInterrupted whether the pass has to end before the input does
 */
record LoadRun(
        String activity, Terminal terminal, LoadTally tally, Consumer<String> checkKey, BooleanSupplier isInterrupted) {

    /**
     * Gives every well-formed line to the processor. Malformed lines, and those that the processor refuses, are in the
     * tally afterwards.
     *
     * @param processor tells the tally what came of each line
     * @return why it ended early; empty if it came to the end
     */
    Optional<LoadStop> run(LoadInput input, int threads, LoadWorkers.Processor processor) {
        ProgressLine progress = new ProgressLine(terminal, activity);
        AtomicLong given = new AtomicLong();
        Runnable tell = () -> {
            double ofGiven = (double) tally.lines() / Math.max(1, given.get()); // the rest still waits in the queues
            progress.tell(tally.lines(), "lines", input.fraction() * ofGiven);
        };
        try (LoadWorkers workers = new LoadWorkers(threads, processor, tell)) {
            boolean complete = giveAll(input, given, workers, tell);
            if (!complete) {
                workers.drop();
            }
            Optional<LoadStop> failure = workers.finish().map(LoadStop::of);
            return failure.or(() -> complete ? Optional.empty() : Optional.of(LoadStop.INTERRUPTED));
        } finally {
            progress.finish();
        }
    }

    private boolean giveAll(LoadInput input, AtomicLong given, LoadWorkers workers, Runnable tell) {
        Optional<Item> item = input.next();
        while (item.isPresent() && !isInterrupted.getAsBoolean() && give(workers, item.get())) {
            given.incrementAndGet();
            tell.run();
            item = input.next();
        }
        return item.isEmpty();
    }

    private boolean give(LoadWorkers workers, Item item) {
        Optional<LoadLine> line = parsed(item);
        return line.isEmpty() || workers.give(new LoadWorkers.Task(item, line.get()));
    }

    private Optional<LoadLine> parsed(Item item) {
        try {
            LoadLine line = item.parsed().get();
            line.keys().forEach(checkKey);
            return Optional.of(line);
        } catch (InvalidInputException malformed) {
            tally.refused(RefusedLine.of(item, malformed));
            return Optional.empty();
        }
    }
}
