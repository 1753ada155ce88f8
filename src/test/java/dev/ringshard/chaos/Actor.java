package dev.ringshard.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One thread of trouble: strikes with one of its faults, pauses, strikes with another, until each has had its turn, and
 * begins again. Several play at once, so that faults of different kinds overlap.
 *
 * @param longestPause pauses are random, up to this long
 */
record Actor(String name, List<? extends Fault> faults, Duration longestPause) {

    void play(Stage stage, RandomGenerator random) throws Exception {
        List<Fault> deck = new ArrayList<>();
        stage.lasts(pause(random));
        while (!stage.isOver()) {
            if (deck.isEmpty()) {
                deck.addAll(faults);
            }
            Fault fault = deck.remove(random.nextInt(deck.size()));
            stage.strike(fault, random);
            stage.tally().add(name, fault.name(), 1);
            stage.lasts(pause(random));
        }
    }

    private Duration pause(RandomGenerator random) {
        return Duration.ofMillis(random.nextLong(longestPause.toMillis()));
    }
}
