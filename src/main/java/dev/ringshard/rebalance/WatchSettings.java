package dev.ringshard.rebalance;

import dev.ringshard.failure.InvalidInputException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * When a watch rebalances by itself, and how gently. Immutable.
 *
 * @param threshold the ratio of rows held to the fair share, on the fullest shard, at which a rebalance begins; 1.05 or more, default 1.10
 * @param hours when it may; empty, the default, for always
 * @param every how often it looks, 1 s or more; default 5 minutes. A look counts or samples the rows of all shards
 * @param settings how gently rows move; default one move at a time, 2,000 rows a second
 */
public record WatchSettings(double threshold, Optional<Hours> hours, Duration every, RebalanceSettings settings) {
    /** As the parts say. */
    public static final WatchSettings DEFAULT = new WatchSettings(
            1.10, Optional.empty(), Duration.ofMinutes(5), RebalanceSettings.DEFAULT.withRowsPerSecond(2_000));

    /** @throws InvalidInputException if a value is out of its bounds */
    public WatchSettings {
        if (!(threshold >= 1.05) || Double.isInfinite(threshold)) {
            throw new InvalidInputException("The threshold of a watch is " + threshold
                    + "; allowed is 1.05 or more: no strategy makes shards quite even. Nothing was moved.");
        }
        if (every.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new InvalidInputException(
                    "A watch is to look every " + every + "; allowed is 1 s or more. Nothing was moved.");
        }
    }

    /** The same with another threshold. */
    public WatchSettings withThreshold(double other) {
        return new WatchSettings(other, hours, every, settings);
    }

    /** The same with these hours. */
    public WatchSettings withHours(Hours other) {
        return new WatchSettings(threshold, Optional.of(other), every, settings);
    }

    /** The same, looking so often. */
    public WatchSettings withEvery(Duration other) {
        return new WatchSettings(threshold, hours, other, settings);
    }

    /** The same with other settings of its rebalances. */
    public WatchSettings withSettings(RebalanceSettings other) {
        return new WatchSettings(threshold, hours, every, other);
    }

    /**
     * Hours of each day.
     *
     * @param from the first minute
     * @param until the first minute no more; before {@code from} if they go over midnight
     */
    public record Hours(LocalTime from, LocalTime until, ZoneId zone) {
        /** @throws InvalidInputException if both are the same */
        public Hours {
            if (from.equals(until)) {
                throw new InvalidInputException("The hours of a watch begin and end at " + from
                        + ", and would be none. Nothing was moved. Leave them out for the whole day.");
            }
        }

        /** Of this machine's zone, written as {@code 01:00-05:30}. */
        public static Hours parse(String text) {
            String[] parts = text.split("-", -1);
            try {
                if (parts.length == 2) {
                    return new Hours(LocalTime.parse(parts[0]), LocalTime.parse(parts[1]), ZoneId.systemDefault());
                }
            } catch (DateTimeParseException unreadable) {
                // as below
            }
            throw new InvalidInputException(
                    "The hours of a watch are '" + text + "'; write them as 01:00-05:30. Nothing was moved.");
        }

        boolean contain(ZonedDateTime moment) {
            LocalTime time = moment.withZoneSameInstant(zone).toLocalTime();
            boolean isFrom = !time.isBefore(from);
            boolean isBefore = time.isBefore(until);
            return from.isBefore(until) ? isFrom && isBefore : isFrom || isBefore;
        }

        /** Such as {@code from 01:00 to 05:30 (Europe/Berlin)}. */
        String words() {
            return "from %s to %s (%s)".formatted(from, until, zone);
        }

        @Override
        public String toString() {
            return from + "-" + until;
        }
    }
}
