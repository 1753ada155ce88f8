package dev.ringshard.chaos;

import java.nio.file.Path;
import java.util.List;

/**
 * What a client process is to do.
 *
 * @param name the client's, which no other has
 * @param config its {@code ringshard.yaml}
 * @param history the file to write its history to
 * @param seed of its random choices
 * @param threads how many work at once
 */
record ClientOrders(String name, Path config, Path history, long seed, int threads, Population population) {

    List<String> toArguments() {
        return List.of(
                name,
                config.toString(),
                history.toString(),
                Long.toString(seed),
                Integer.toString(threads),
                Integer.toString(population.customers()));
    }

    static ClientOrders of(String... arguments) {
        return new ClientOrders(
                arguments[0],
                Path.of(arguments[1]),
                Path.of(arguments[2]),
                Long.parseLong(arguments[3]),
                Integer.parseInt(arguments[4]),
                new Population(Integer.parseInt(arguments[5])));
    }
}
