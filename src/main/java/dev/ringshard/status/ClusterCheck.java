package dev.ringshard.status;

import java.util.List;
import java.util.Optional;

/**
 * What the databases of a configuration say of themselves, and whether that is what the configuration means.
 *
 * @param shards in the order of the configuration
 * @param problem what does not fit although each database by itself does, such as a shard that owns part of the ring and
 *     is left out of the configuration; empty if nothing does not, or a database alone is reason enough
 * @param concern what that problem is one of; empty if there is none
 * @param remarks what is not wrong, and good to know, in sentences: what databases define differently, and what they hold within each
 *     shard only
 */
public record ClusterCheck(
        String cluster,
        List<ShardCheck> shards,
        Optional<String> problem,
        Optional<Concern> concern,
        List<String> remarks) {
    /** Without a problem of several databases, and without remarks. */
    public ClusterCheck(String cluster, List<ShardCheck> shards) {
        this(cluster, shards, Optional.empty(), Optional.empty(), List.of());
    }

    /** With a problem of several databases, and without remarks. */
    public ClusterCheck withProblem(Concern about, String sentences) {
        return new ClusterCheck(cluster, shards, Optional.of(sentences), Optional.of(about), List.of());
    }

    /** What a problem of several databases is one of, and so where it is to be mended. */
    public enum Concern {
        /** The configuration: such as a shard that is left out. */
        CONFIGURATION,
        /** Sharded tables: they are not as they must be, or not as they are configured. */
        TABLES,
        /** What two members define differently, so that rows cannot move between them. */
        DEFINITIONS,
        /** A shard that was set back in time. */
        SET_BACK,
        /** Ranges that have no owner at this moment, as while rows move. */
        OWNERSHIP
    }

    public ClusterCheck {
        shards = List.copyOf(shards);
        remarks = List.copyOf(remarks);
    }

    /** What the database of a shard is. */
    public enum State {
        /** The shard that it is configured as, taking part in its cluster. */
        MEMBER,
        /** No shard yet: it has not been initialised. */
        NEW,
        /** A founder of the cluster whose init was interrupted. */
        UNFINISHED,
        /** The right shard, with a schema of another version than this library's. */
        OUTDATED,
        /** Not what the configuration says, not fit to be a shard, or it refuses the user. */
        WRONG,
        /** It does not answer, or not as a database should. */
        DOWN
    }

    /** Who a database says it is. */
    public record Identity(String cluster, String shard) {}

    /**
     * What one database says.
     *
     * @param database where it is, without secrets
     * @param server such as {@code PostgreSQL 18.6}; empty if it does not answer
     * @param schemaVersion the newest migration; empty if there is none or it does not answer
     * @param identity empty if it is no shard yet or does not answer
     * @param problem what does not fit and what to do; empty for a {@link State#MEMBER}
     */
    public record ShardCheck(
            String name,
            String database,
            State state,
            Optional<String> server,
            Optional<String> schemaVersion,
            Optional<Identity> identity,
            Optional<String> problem) {}

    /** Whether a shard is in this state. */
    public boolean has(State state) {
        return shards.stream().anyMatch(shard -> shard.state() == state);
    }

    /** Whether every database is the shard that it is configured as and takes part, and together they own the ring. */
    public boolean isSound() {
        return problem.isEmpty() && shards.stream().allMatch(shard -> shard.state() == State.MEMBER);
    }
}
