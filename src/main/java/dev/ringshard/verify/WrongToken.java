package dev.ringshard.verify;

import java.util.OptionalLong;

/**
 * A row whose token is not that of its key.
 *
 * @param token as stored with the row, or as the database computes it
 * @param keyToken what the key has; empty if no key can be like that
 */
public record WrongToken(String shard, String table, String key, long token, OptionalLong keyToken) {}
