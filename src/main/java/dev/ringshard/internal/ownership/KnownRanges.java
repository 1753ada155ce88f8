package dev.ringshard.internal.ownership;

import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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

    /** Of each row all three numbers, each the seed of the next one's hash, as ranges can be equally far apart. */
    private static final String OF_TABLE =
            "(SELECT bit_xor(hashint8extended(first_token, hashint8extended(last_token, epoch)))"
                    + " FROM ringshard.%s)";

    /**
     * An expression of PostgreSQL's, one text. It covers all that {@link HeldRanges} holds: a handover that is finished becomes
     * part of the history under a number that none had. Two states that differ have the same one by a chance of 2^-64: epochs
     * are {@linkplain OwnedRangeTable#claim raised by chance}.
     */
    public static final String DIGEST = Stream.of("owned_range", "incoming_range", "departed_range", "handover")
            .map(OF_TABLE::formatted)
            .collect(Collectors.joining(
                    ", ' ', ",
                    "concat(",
                    ", ' ', (SELECT max(handover_number) FROM ringshard.handover_history),"
                            + " ' ', (SELECT is_restored FROM ringshard.membership))"));

    /** As a transaction sees them that reads one snapshot; the parameter is that of {@link HeldRanges#in(ShardTransaction, long)}. */
    public static KnownRanges in(ShardTransaction snapshot, long since) throws SQLException {
        HeldRanges held = HeldRanges.in(snapshot, since);
        if (!snapshot.shard().dialect().hashesRows()) {
            return new KnownRanges(held, "");
        }
        try (PreparedStatement statement = snapshot.connection().prepareStatement("SELECT " + DIGEST);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new KnownRanges(held, row.getString(1));
        }
    }
}
