package dev.ringshard.cli;

import dev.ringshard.cli.LoadInput.Item;
import dev.ringshard.cli.LoadLine.Outcome;
import dev.ringshard.failure.InvalidInputException;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Has each line of the input done, in constant memory.
 *
 * @param checkKey throws {@link InvalidInputException} for what cannot be a customer's key
 * @param isInterrupted whether somebody wants it to stop
 */
record Loading(
        LoadInput input, LoadTally tally, Terminal terminal, Consumer<String> checkKey, BooleanSupplier isInterrupted) {

    /** Reads all lines and does nothing; those that are malformed are in the tally afterwards. */
    Optional<LoadStop> check() {
        Progress progress = new Progress(terminal, "checking");
        Optional<Item> item = input.next();
        while (item.isPresent() && !isInterrupted.getAsBoolean()) {
            parsed(item.get());
            progress.tell(input.lines(), "lines", input.fraction());
            item = input.next();
        }
        progress.finish();
        return item.map(notRead -> LoadStop.INTERRUPTED);
    }

    /**
     * Has every line done.
     *
     * @param work called by several threads; repeated if its outcome stays unknown
     * @return empty if it came to the end
     */
    Optional<LoadStop> run(int workers, Function<LoadLine, Outcome> work) {
        Progress progress = new Progress(terminal, "loading");
        Runnable tell = () -> progress.tell(tally.lines(), "lines", input.fraction());
        try (LoadLanes lanes = new LoadLanes(workers, work, tally, tell)) {
            boolean complete = giveAll(lanes, tell);
            if (!complete) {
                lanes.drop();
            }
            Optional<LoadStop> failure = lanes.finish().map(LoadStop::of);
            return failure.or(() -> complete ? Optional.empty() : Optional.of(LoadStop.INTERRUPTED));
        } finally {
            progress.finish();
        }
    }

    private boolean giveAll(LoadLanes lanes, Runnable tell) {
        Optional<Item> item = input.next();
        while (item.isPresent() && !isInterrupted.getAsBoolean() && give(lanes, item.get())) {
            tell.run();
            item = input.next();
        }
        return item.isEmpty();
    }

    private boolean give(LoadLanes lanes, Item item) {
        Optional<LoadLine> line = parsed(item);
        return line.isEmpty() || lanes.give(new LoadLanes.Task(item.kind(), item.line(), line.get()));
    }

    private Optional<LoadLine> parsed(Item item) {
        try {
            LoadLine line = item.kind().parse(item.line());
            checkKey.accept(line.key());
            return Optional.of(line);
        } catch (InvalidInputException malformed) {
            tally.refused(RefusedLine.of(item.kind(), item.line(), malformed));
            return Optional.empty();
        }
    }
}
