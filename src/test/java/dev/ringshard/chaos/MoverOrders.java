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
 * @param time at which time that it comes to this step
 * @param finishes the shard whose handovers it finishes, and moves nothing; {@value #NONE} for none
 */
record MoverOrders(String config, long rate, String sleepsBefore, int time, String finishes) {
    private static final String NONE = "-";
    private static final Pattern LINE = Pattern.compile("(.*) (\\d+) (\\S+) (\\d+) (\\S+)");

    static MoverOrders moves(String config, long rate) {
        return new MoverOrders(config, rate, NONE, 0, NONE);
    }

    static MoverOrders movesAndSleeps(String config, String before, int time) {
        return new MoverOrders(config, 0, before, time, NONE);
    }

    static MoverOrders finishes(String config, String source) {
        return new MoverOrders(config, 0, NONE, 0, source);
    }

    static MoverOrders parse(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("No orders for a mover: " + line);
        }
        MatchResult parts = matcher.toMatchResult();
        return new MoverOrders(
                parts.group(1),
                Long.parseLong(parts.group(2)),
                parts.group(3),
                Integer.parseInt(parts.group(4)),
                parts.group(5));
    }

    String line() {
        return "%s %d %s %d %s".formatted(config, rate, sleepsBefore, time, finishes);
    }

    boolean onlyFinishes() {
        return !finishes.equals(NONE);
    }

    /** One transfer at a time where it sleeps, so that two who move the same do it in the same order. */
    RebalanceSettings settings() {
        RebalanceSettings settings = RebalanceSettings.DEFAULT.withParallel(sleepsBefore.equals(NONE) ? 4 : 1);
        return rate == 0 ? settings : settings.withRowsPerSecond(rate);
    }
}
