package dev.ringshard.rebalance;

import dev.ringshard.failure.InvalidInputException;
import java.util.regex.Pattern;

/**
 * A table whose rows belong to customers: routed, fenced and moved with them. It has a column
 * {@code ring_token bigint not null}, on every shard.
 *
 * @param name as written unquoted in SQL: letters, digits and underscores, with or without a schema
 */
public record ShardedTable(String name) {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)?");

    /** @throws InvalidInputException if the name is no plain identifier */
    public ShardedTable {
        if (!IDENTIFIER.matcher(name).matches()) {
            throw new InvalidInputException(
                    "'%s' cannot be a sharded table: a name has letters, digits and underscores, and may have a schema. Nothing was done. Correct it."
                            .formatted(name));
        }
    }
}
