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
 */
record MoverOrders(String config, long rate, Sleep sleep) {
    private static final Pattern LINE = Pattern.compile("(.*) (\\d+) (\\S+)");

    /** Where a mover sleeps until it is told anything: at the first chunk that has rows. */
    enum Sleep {
        NEVER,
        /** When it has handed over, and has looked what there is to activate; it does no more than that, late. */
        BEFORE_ACTIVATE,
        /** When the chunk is copied; once. */
        BEFORE_CATCH_UP
    }

    static MoverOrders moves(String config, long rate) {
        return new MoverOrders(config, rate, Sleep.NEVER);
    }

    static MoverOrders sleeps(String config, Sleep sleep) {
        return new MoverOrders(config, 0, sleep);
    }

    static MoverOrders parse(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("No orders for a mover: " + line);
        }
        MatchResult parts = matcher.toMatchResult();
        return new MoverOrders(parts.group(1), Long.parseLong(parts.group(2)), Sleep.valueOf(parts.group(3)));
    }

    String line() {
        return "%s %d %s".formatted(config, rate, sleep);
    }

    /**
     * One transfer and one key at a time where it sleeps, so that two who move the same do it in the same order and in the same
     * pieces, however many rows keys have by then.
     */
    RebalanceSettings settings() {
        if (sleep != Sleep.NEVER) {
            return RebalanceSettings.DEFAULT.withChunkRows(1);
        }
        RebalanceSettings settings = RebalanceSettings.DEFAULT.withParallel(2).withChunkRows(200);
        return rate == 0 ? settings : settings.withRowsPerSecond(rate);
    }
}
