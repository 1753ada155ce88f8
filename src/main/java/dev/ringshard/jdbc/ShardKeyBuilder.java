package dev.ringshard.jdbc;

import dev.ringshard.failure.RingshardException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLType;
import java.sql.ShardingKey;
import java.sql.ShardingKeyBuilder;
import java.util.ArrayList;
import java.util.List;

/** Builds a {@link ShardKey} as JDBC asks for it; the type of a subkey says nothing that its value does not. */
final class ShardKeyBuilder implements ShardingKeyBuilder {
    private final List<Object> subkeys = new ArrayList<>();

    @Override
    public ShardingKeyBuilder subkey(Object subkey, SQLType type) {
        subkeys.add(subkey);
        return this;
    }

    @Override
    public ShardingKey build() throws SQLException {
        if (subkeys.size() != 1 || subkeys.get(0) == null) {
            throw new SQLFeatureNotSupportedException(
                    "A sharding key has %d parts; here it has one, the key, and no null. Nothing was done. For several keys that live on one shard there is ShardKey.of(List.of(a, b))."
                            .formatted(subkeys.size()),
                    SqlFailures.NOT_SUPPORTED);
        }
        try {
            return ShardKey.of(subkeys.get(0));
        } catch (RingshardException invalid) {
            throw SqlFailures.of(invalid);
        }
    }
}
