package dev.ringshard.config;

import dev.ringshard.ring.Member;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One shard: its name, its share, and where its database is. Immutable; no text form shows a password.
 *
 * @param name never changes while the shard is in use, as its database remembers it; 1 to 63 letters, digits, {@code _},
 *     {@code .} and {@code -}, the first a letter or digit
 * @param weight its share of the ring in relation to the other shards' weights, from 0 to 10000; default 1; 0 drains
 *     the shard with the next rebalance
 * @param source where its database is
 * @param pool its connections; default {@link PoolConfig#DEFAULT}
 */
public record ShardConfig(String name, double weight, DatabaseSource source, PoolConfig pool) {
    static final double DEFAULT_WEIGHT = 1;
    private static final double HIGHEST_WEIGHT = 10_000;

    /**
     * Checks name and weight.
     *
     * @throws dev.ringshard.failure.ConfigurationException if one of them is not allowed
     */
    public ShardConfig {
        ProblemList problems = new ProblemList();
        check(problems, name, weight);
        problems.throwIfAny(where(name));
    }

    /**
     * A shard of weight 1 that Ringshard connects to itself.
     *
     * @param url a JDBC URL that begins with {@code jdbc:postgresql:} or {@code jdbc:h2:}
     * @param user the database user; empty for the driver's own default
     * @param password that user's password; empty for none
     * @throws dev.ringshard.failure.ConfigurationException if the name or the URL is not allowed
     */
    public static ShardConfig of(String name, String url, String user, String password) {
        ProblemList problems = new ProblemList();
        requireGiven(problems, "url", url);
        requireGiven(problems, "user", user);
        requireGiven(problems, "password", password);
        problems.throwIfAny(where(name));
        check(problems, name, DEFAULT_WEIGHT);
        DatabaseSource.Jdbc.check(problems, url, user, Password.of(password));
        problems.throwIfAny(where(name));
        return of(name, new DatabaseSource.Jdbc(url, user, Password.of(password)));
    }

    /**
     * A shard of weight 1 in a PostgreSQL database that the application is connected to already.
     *
     * @param dataSource stays the application's: Ringshard never closes it
     * @throws dev.ringshard.failure.ConfigurationException if the name is not allowed
     */
    public static ShardConfig postgresql(String name, DataSource dataSource) {
        return of(name, new DatabaseSource.Existing(dataSource, DatabaseKind.POSTGRESQL));
    }

    /**
     * A shard of weight 1 in an H2 database that the application is connected to already.
     *
     * @param dataSource stays the application's: Ringshard never closes it
     * @throws dev.ringshard.failure.ConfigurationException if the name is not allowed
     */
    public static ShardConfig h2(String name, DataSource dataSource) {
        return of(name, new DatabaseSource.Existing(dataSource, DatabaseKind.H2));
    }

    private static ShardConfig of(String name, DatabaseSource source) {
        return new ShardConfig(name, DEFAULT_WEIGHT, source, PoolConfig.DEFAULT);
    }

    /** Such as an environment variable that is not set. */
    private static void requireGiven(Problems problems, String key, @Nullable String value) {
        if (value == null) {
            problems.add(key, "is null: give a text; for no user or password, an empty one.");
        }
    }

    static void check(Problems problems, String name, double weight) {
        problems.requireName("name", name);
        checkWeight(problems, weight);
    }

    static void checkWeight(Problems problems, double weight) {
        if (!isWeight(weight)) {
            problems.add("weight", "is %s: a number from 0 (drains the shard) to 10000 is allowed.".formatted(weight));
        }
    }

    static boolean isWeight(double weight) {
        return weight >= 0 && weight <= HIGHEST_WEIGHT;
    }

    /**
     * The same with another weight.
     *
     * @throws dev.ringshard.failure.ConfigurationException if the weight is not allowed
     */
    public ShardConfig withWeight(double other) {
        return new ShardConfig(name, other, source, pool);
    }

    /** The same with other connections. */
    public ShardConfig withPool(PoolConfig other) {
        return new ShardConfig(name, weight, source, other);
    }

    /** Which database it is. */
    public DatabaseKind kind() {
        return source.kind();
    }

    /** The shard as the ring sees it: name and weight. */
    public Member member() {
        return new Member(name, weight);
    }

    private static String where(String name) {
        return "shard " + Excerpt.value(name);
    }
}
