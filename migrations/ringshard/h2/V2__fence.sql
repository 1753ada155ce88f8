-- The fence on H2. It has no shared row locks, so work for a token holds the row of its range FOR UPDATE until commit.

CREATE ALIAS ringshard.enter FOR 'dev.ringshard.internal.fence.H2Fence.enter';

-- Whether this shard owns a token: in a query over all shards, leaves out rows that are on their way.
CREATE ALIAS ringshard.is_owned FOR 'dev.ringshard.internal.fence.H2Fence.isOwned';

-- The token of a key, as Java computes it with MD5: for the generated column of a sharded table that stores none.
CREATE ALIAS ringshard.token DETERMINISTIC FOR 'dev.ringshard.internal.fence.H2Fence.token';
