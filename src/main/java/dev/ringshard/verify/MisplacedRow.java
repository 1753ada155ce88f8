package dev.ringshard.verify;

import java.util.Optional;

/**
 * A row on a shard that neither owns its token nor has a move under way with it.
 *
 * @param key of the customer; empty if the table has no column {@code customer_key}
 * @param token as stored with the row
 * @param owner the shard that owns the token; empty if none does
 */
public record MisplacedRow(String shard, String table, Optional<String> key, long token, Optional<String> owner) {}
