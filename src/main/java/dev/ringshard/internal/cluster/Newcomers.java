package dev.ringshard.internal.cluster;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.shard.Shard;
import java.util.Collection;
import java.util.List;

/** What a rebalance needs of the rooms above it: makes a database a member, and compares the tables of shards between which rows move. */
public interface Newcomers {
    /**
     * Brings the database to the schema of the cluster and makes it a member that owns nothing. Repeatable.
     *
     * @param members all that take part
     */
    void join(Shard newcomer, List<Shard> members);

    /** Where rows are to move from, and where to. */
    record Route(Shard source, Shard target) {}

    /**
     * Checks that rows can move by each of these routes, as far as definitions tell. Of shards that have just passed {@link #requireMovable},
     * or whose tables are known otherwise to be as they are declared.
     *
     * @throws RingshardException if not
     */
    void requireAlike(List<Route> routes, List<ShardedTable> tables);

    /**
     * Checks that by each of these routes rows find what they refer to in tables that are not sharded. Reads such tables.
     *
     * @throws RingshardException if not
     */
    void requireParents(List<Route> routes, List<ShardedTable> tables);

    /**
     * Checks that rows of a shard can move to others, or from others to it, without any being lost or changed.
     *
     * @throws RingshardException if not
     */
    void requireMovable(Shard shard, List<ShardedTable> tables);

    /**
     * What keeps nothing from moving, and is good to know before it does: what the databases define differently, and what they
     * hold within each shard only.
     *
     * @param members at least one
     */
    List<String> remarks(List<Shard> members, List<Shard> newcomers);

    /**
     * Copies the reference tables to each shard that owns part of the ring, or is about to and lacks them, and gives those whose
     * home is a shard that leaves another home. Repeatable.
     *
     * @param shards all that are configured
     * @throws RingshardException if a shard could not be given a table
     */
    void distributeReferenceTables(Collection<Shard> shards);
}
