package dev.ringshard.event;

import java.time.Duration;
import java.util.Optional;

/**
 * One chunk of rows that was handed from a shard to another.
 *
 * @param rows in all sharded tables
 * @param writePause how long writes to these rows waited; empty if its mover died and another
 *     one finished it, or if there were no rows
 */
public record MovedChunk(String source, String target, long rows, Optional<Duration> writePause) {}
