package dev.ringshard.verify;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A row whose foreign key points to a row of another token, so that the two cannot stay on one shard; or to none.
 *
 * @param constraint the name of the foreign key
 * @param parent the table that it refers to
 * @param key the row's own; empty if its table has no key column
 * @param token the row's own
 * @param parentToken of the row that it refers to; empty if that is not on the shard
 */
public record BrokenForeignKey(
        String shard,
        String table,
        String constraint,
        String parent,
        Optional<String> key,
        long token,
        OptionalLong parentToken) {}
