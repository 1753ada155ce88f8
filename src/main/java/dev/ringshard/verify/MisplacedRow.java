package dev.ringshard.verify;

import java.util.Optional;

/**
 * A row on a shard that neither owns its token nor has a move under way with it.
 *
 * @param key empty if the table has no key column, or the row none
 * @param token of the row
 * @param owner the shard that owns the token; empty if none does
 */
public record MisplacedRow(String shard, String table, Optional<String> key, long token, Optional<String> owner) {}
