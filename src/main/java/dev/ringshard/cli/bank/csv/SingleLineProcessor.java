package dev.ringshard.cli.bank.csv;

import dev.ringshard.bank.CustomerExistsException;
import dev.ringshard.bank.CustomerNotFoundException;
import dev.ringshard.cli.bank.csv.LoadLine.Outcome;
import dev.ringshard.cli.bank.csv.LoadWorkers.Task;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.InvalidInputException;
import java.util.List;
import java.util.function.Function;

/**
 * Loads each line by itself and counts the outcome in the tally. A failure that the line did not cause ends the load.
 *
 * @param work has to be thread-safe
 */
record SingleLineProcessor(LoadTally tally, Function<LoadLine, Outcome> work) implements LoadWorkers.Processor {
    @Override
    public void run(List<Task> tasks) {
        tasks.forEach(this::run);
    }

    void run(Task task) {
        try {
            tally.done(work.apply(task.line()));
        } catch (InvalidInputException
                | CustomerNotFoundException
                | CustomerExistsException
                | CorruptionException refused) {
            tally.refused(RefusedLine.of(task.item(), refused));
        }
    }
}
