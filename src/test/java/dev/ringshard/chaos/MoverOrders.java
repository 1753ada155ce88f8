package dev.ringshard.chaos;

import dev.ringshard.rebalance.RebalanceSettings;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a {@link ChaosMover} is to do, as the line that tells it.
 *
 * @param config the configuration's file
 * @param rate how many rows a second it may move; 0 for any
 * @param sleepsBefore the step of a handover before which it sleeps; {@value #NONE} for none
 * @param time at which time that it comes to this step, from 1; or {@value #FIRST_WITH_ROWS}: when rows were handed over
 *     for the first time, and then it does no more than to finish that, late
 */
record MoverOrders(String config, long rate, String sleepsBefore, int time) {
    static final int FIRST_WITH_ROWS = 0;
    private static final String NONE = "-";
    private static final Pattern LINE = Pattern.compile("(.*) (\\d+) (\\S+) (\\d+)");

    static MoverOrders moves(String config, long rate) {
        return new MoverOrders(config, rate, NONE, 0);
    }

    static MoverOrders handsOverAndFinishesLate(String config) {
        return new MoverOrders(config, 0, "ACTIVATE", FIRST_WITH_ROWS);
    }

    static MoverOrders movesAndSleeps(String config, String before, int time) {
        return new MoverOrders(config, 0, before, time);
    }

    static MoverOrders parse(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("No orders for a mover: " + line);
        }
        MatchResult parts = matcher.toMatchResult();
        return new MoverOrders(
                parts.group(1), Long.parseLong(parts.group(2)), parts.group(3), Integer.parseInt(parts.group(4)));
    }

    String line() {
        return "%s %d %s %d".formatted(config, rate, sleepsBefore, time);
    }

    /** One transfer at a time where it sleeps, so that two who move the same do it in the same order. */
    RebalanceSettings settings() {
        RebalanceSettings settings = RebalanceSettings.DEFAULT
                .withParallel(sleepsBefore.equals(NONE) ? 4 : 1)
                .withChunkRows(50);
        return rate == 0 ? settings : settings.withRowsPerSecond(rate);
    }
}
