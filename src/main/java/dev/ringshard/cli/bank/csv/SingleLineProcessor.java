package dev.ringshard.cli.bank.csv;

import dev.ringshard.bank.CustomerExistsException;
import dev.ringshard.bank.CustomerNotFoundException;
import dev.ringshard.cli.bank.csv.LoadLine.Outcome;
import dev.ringshard.cli.bank.csv.LoadWorkers.Task;
import dev.ringshard.failure.InvalidInputException;
import java.util.List;
import java.util.function.Function;

/**
 * Does each line by itself, and tells the tally what came of it. What has nothing to do with the line ends the load.
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
        } catch (InvalidInputException | CustomerNotFoundException | CustomerExistsException refused) {
            tally.refused(RefusedLine.of(task.item(), refused));
        }
    }
}
