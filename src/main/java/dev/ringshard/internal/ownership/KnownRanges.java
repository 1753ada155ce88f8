package dev.ringshard.internal.ownership;

import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a shard held in some snapshot, and a digest of it that the database computes for less than it costs to read the ranges: if
 * a later snapshot has the same digest, the shard holds the same again.
 *
 * @param digest empty where the database has none
 */
public record KnownRanges(HeldRanges held, String digest) {
    /** Nothing is known. */
    public static final KnownRanges NONE = new KnownRanges(HeldRanges.NONE, "");

    /**
     * An expression, one text; empty where the database has none. It covers all that {@link HeldRanges} holds: a handover that is
     * finished becomes part of the history under a number that none had. Two states that differ have the same one by a chance of
     * 2^-64: epochs are {@linkplain OwnedRangeTable#claim raised by chance}.
     */
    public static Optional<String> digest(Dialect dialect) {
        return dialect.hashOfRows("first_token", "last_token", "epoch")
                .map(hash -> Stream.of("owned_range", "incoming_range", "departed_range", "handover")
                        .map(table -> "(SELECT %s FROM ringshard.%s)".formatted(hash, table))
                        .collect(Collectors.joining(
                                ", ' ', ",
                                "concat(",
                                ", ' ', (SELECT max(handover_number) FROM ringshard.handover_history),"
                                        + " ' ', (SELECT is_restored FROM ringshard.membership))")));
    }

    /** As a transaction sees them that reads one snapshot; the parameter is that of {@link HeldRanges#in(ShardTransaction, long)}. */
    public static KnownRanges in(ShardTransaction snapshot, long since) throws SQLException {
        HeldRanges held = HeldRanges.in(snapshot, since);
        Optional<String> digest = digest(snapshot.shard().dialect());
        if (digest.isEmpty()) {
            return new KnownRanges(held, "");
        }
        try (PreparedStatement statement = snapshot.connection().prepareStatement("SELECT " + digest.get());
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new KnownRanges(held, row.getString(1));
        }
    }
}
