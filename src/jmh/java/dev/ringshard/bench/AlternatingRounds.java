package dev.ringshard.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Lets several sides do the same work by turns: A B, B A, A B and so on, so that what else the machine does, and what
 * warms up, hits all of them alike. The first rounds only warm up.
 */
final class AlternatingRounds {
    private static final int WARM_UP = 2;

    private final BenchThreads threads;
    private final Plan plan;
    private final BooleanSupplier stop;
    private final AtomicLong numbers;
    private long done;

    /**
     * What is asked for.
     *
     * @param rounds that count
     * @param slice how long one side works in one round
     * @param customers how many there are from the beginning
     */
    record Plan(int rounds, Duration slice, Mix mix, int customers) {}

    AlternatingRounds(BenchThreads threads, Plan plan, BooleanSupplier stop) {
        this(threads, plan, stop, new AtomicLong());
    }

    /** @param numbers of operations and new customers; shared by turns on the same sides, where one may not come twice */
    AlternatingRounds(BenchThreads threads, Plan plan, BooleanSupplier stop, AtomicLong numbers) {
        this.numbers = numbers;
        this.threads = threads;
        this.plan = plan;
        this.stop = stop;
    }

    /** The samples of each side, one for each round; fewer if it was stopped. */
    List<List<Measurement>> run(Workload work, List<? extends Contender> sides, BenchProgress progress) {
        return run(
                work.text(), sides.stream().map(side -> operation(work, side)).toList(), progress);
    }

    /** As {@link #run(Workload, List, BenchProgress)}, of any operations that do the same. */
    List<List<Measurement>> run(String what, List<BenchThreads.Operation> operations, BenchProgress progress) {
        List<List<Measurement>> samples = operations.stream()
                .<List<Measurement>>map(operation -> new ArrayList<>())
                .toList();
        for (int round = -WARM_UP; round < plan.rounds && !stop.getAsBoolean(); round++) {
            List<Measurement> taken = round(operations, round % 2 != 0);
            if (round >= 0 && !stop.getAsBoolean()) {
                IntStream.range(0, taken.size()).forEach(one -> samples.get(one).add(taken.get(one)));
            }
            done += taken.stream()
                    .mapToLong(sample -> sample.latencies().getTotalCount())
                    .sum();
            progress.tell(
                    round < 0 ? what + ", warming up" : "%s, round %d".formatted(what, round + 1),
                    done,
                    (double) (round + 1 + WARM_UP) / (plan.rounds + WARM_UP));
        }
        return samples;
    }

    private List<Measurement> round(List<BenchThreads.Operation> operations, boolean backwards) {
        List<BenchThreads.Operation> inTurn = new ArrayList<>(operations);
        if (backwards) {
            Collections.reverse(inTurn);
        }
        List<Measurement> taken = new ArrayList<>();
        for (BenchThreads.Operation operation : inTurn) {
            taken.add(threads.work(plan.slice, operation));
        }
        if (backwards) {
            Collections.reverse(taken);
        }
        return taken;
    }

    private BenchThreads.Operation operation(Workload work, Contender side) {
        int customers = plan.customers;
        return switch (work) {
            case POINT_READ -> random -> side.read(random.nextInt(customers));
            case DEPOSIT -> random -> side.deposit(random.nextInt(customers), operationId());
            case INSERT -> random -> side.insert(numbers.getAndIncrement());
            case MIX ->
                random -> {
                    if (random.nextInt(100) < plan.mix.readPercent()) {
                        side.read(random.nextInt(customers));
                    } else {
                        side.deposit(random.nextInt(customers), operationId());
                    }
                };
        };
    }

    private String operationId() {
        return "bench-" + numbers.getAndIncrement();
    }
}
