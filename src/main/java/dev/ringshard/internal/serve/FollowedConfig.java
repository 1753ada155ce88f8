package dev.ringshard.internal.serve;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

/**
 * A configuration file that may change while it is in use, as it does when a shard joins. For one thread.
 */
final class FollowedConfig {
    private final Path file;
    private RingshardConfig config;
    private Optional<Stamp> stamp;
    private Optional<String> problem = Optional.empty();

    /** @throws ConfigurationException if it cannot be used */
    FollowedConfig(Path file) {
        this.file = file;
        this.stamp = stampNow();
        this.config = RingshardConfig.load(file);
    }

    private record Stamp(long modified, long size) {}

    private Optional<Stamp> stampNow() {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Stamp(now.lastModifiedTime().toMillis(), now.size()));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    RingshardConfig current() {
        return config;
    }

    /** The new one, if the file has changed since and can be used. */
    Optional<RingshardConfig> changed() {
        Optional<Stamp> now = stampNow();
        if (now.equals(stamp)) {
            return Optional.empty();
        }
        stamp = now;
        try {
            RingshardConfig next = RingshardConfig.load(file);
            requireSameRing(next);
            problem = Optional.empty();
            boolean differs = !next.equals(config);
            config = next;
            return differs ? Optional.of(next) : Optional.empty();
        } catch (ConfigurationException unusable) {
            problem = Optional.of(String.valueOf(unusable.getMessage()));
            return Optional.empty();
        }
    }

    private void requireSameRing(RingshardConfig next) {
        if (!next.cluster().equals(config.cluster())
                || !next.ring().hash().name().equals(config.ring().hash().name())) {
            throw new ConfigurationException(
                    file.toString(), List.of("It is of another cluster now: start serve anew."));
        }
    }

    /** Why the file as it is now is not used; empty if it is. */
    Optional<String> problem() {
        return problem;
    }
}
