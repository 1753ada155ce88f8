package dev.ringshard.cli.bank.csv;

import dev.ringshard.bank.Customer;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.cli.bank.csv.LoadLine.Outcome;
import dev.ringshard.cli.bank.csv.LoadWorkers.Task;
import dev.ringshard.failure.CorruptionException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Loads lines; customers that follow each other are created together. */
final class BatchProcessor implements LoadWorkers.Processor {
    private final CustomerRepository customers;
    private final UnknownOutcomeRetry unknown;
    private final LoadTally tally;
    private final SingleLineProcessor alone;

    BatchProcessor(CustomerRepository customers, UnknownOutcomeRetry unknown, LoadTally tally) {
        this.customers = customers;
        this.unknown = unknown;
        this.tally = tally;
        this.alone = new SingleLineProcessor(tally, line -> unknown.settled(() -> line.apply(customers)));
    }

    @Override
    public void run(List<Task> tasks) {
        int next = 0;
        while (next < tasks.size()) {
            Map<String, NewCustomer> together = customersAtTheStart(tasks.subList(next, tasks.size()));
            if (together.size() > 1) {
                createTogether(together, tasks.subList(next, next + together.size()));
            } else {
                alone.run(tasks.get(next));
            }
            next += Math.max(1, together.size());
        }
    }

    /** The new customers by key, up to the first line that is no customer or repeats a key. */
    private static Map<String, NewCustomer> customersAtTheStart(List<Task> tasks) {
        Map<String, NewCustomer> customers = new LinkedHashMap<>();
        for (Task task : tasks) {
            if (!(task.line() instanceof CustomerLine line)
                    || customers.putIfAbsent(line.key(), line.customer()) != null) {
                break;
            }
        }
        return customers;
    }

    private void createTogether(Map<String, NewCustomer> together, List<Task> tasks) {
        Map<String, Customer> stored;
        try {
            stored = unknown.settled(() -> customers.createAll(together.values()));
        } catch (CorruptionException oneOfThem) {
            alone.run(tasks);
            return;
        }
        SingleLineProcessor outcomes = new SingleLineProcessor(tally, line -> {
            Customer before = stored.get(line.key());
            return before == null ? Outcome.CREATED : ((CustomerLine) line).alreadyThere(before);
        });
        outcomes.run(tasks);
    }
}
