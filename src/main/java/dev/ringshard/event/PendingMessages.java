package dev.ringshard.event;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/**
 * The messages of a topic that a shard's keys have sent and that are not known to have arrived.
 *
 * @param messages how many, also dead ones
 * @param dead those whose handler has failed too often
 * @param oldest how long ago the first of them was sent; zero if there are none
 * @param amount the sum of what {@code Outbox.addUp} reads from each; empty if nothing is added up for the topic
 */
public record PendingMessages(String topic, long messages, long dead, Duration oldest, Optional<BigDecimal> amount) {}
