package dev.ringshard.internal.ownership;

import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.ring.TokenSet;
import dev.ringshard.status.Leftovers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jooq.DSLContext;

/**
 * All that a shard has noted of ranges and of other shards, in one snapshot.
 *
 * @param owned in ascending order, without overlap
 * @param incoming what handovers have staged here, and is not owned
 * @param arrived what handovers brought here, now or earlier; proof that this shard took it
 * @param departed what was handed over from here, and whose rows await their deletion
 * @param committed the handovers from here that are not finished
 * @param logs of the servers; its own as it is now
 */
public record ShardRanges(
        List<OwnedRange> owned,
        List<IncomingRange> incoming,
        List<OwnedRange> arrived,
        List<DepartedRange> departed,
        List<CommittedHandover> committed,
        ServerLogs logs) {
    /** Of a database that has noted nothing. */
    public static final ShardRanges NONE =
            new ShardRanges(List.of(), List.of(), List.of(), List.of(), List.of(), ServerLogs.UNKNOWN);

    public ShardRanges {
        owned = List.copyOf(owned);
        incoming = List.copyOf(incoming);
        arrived = List.copyOf(arrived);
        departed = List.copyOf(departed);
        committed = List.copyOf(committed);
    }

    /**
     * As the caller's transaction sees them. Read in the order in which a range passes through them, so that also without a snapshot
     * none is missed that goes on meanwhile.
     */
    public static ShardRanges of(DSLContext dsl) {
        List<IncomingRange> incoming = IncomingRangeTable.all(dsl);
        return new ShardRanges(
                OwnedRangeTable.all(dsl),
                incoming,
                ArrivedRangeTable.all(dsl),
                DepartedRangeTable.all(dsl),
                HandoverTable.all(dsl),
                ServerLogs.of(dsl));
    }

    /**
     * Who owns what, as far as this shard knows: what it owns itself, and where it handed over what it owned before.
     *
     * @param shard its own name
     */
    public List<Claim<String>> claims(String shard) {
        List<Claim<String>> claims = new ArrayList<>();
        owned.forEach(range -> claims.add(new Claim<>(range.range(), range.epoch(), shard)));
        committed.forEach(away -> claims.add(new Claim<>(away.range(), away.epoch(), away.target())));
        departed.forEach(away -> claims.add(new Claim<>(away.range(), away.epoch(), away.target())));
        return claims;
    }

    /** Who owns what by what all of these say, by their names; with gaps where none of them knows. */
    public static TokenMap<String> owners(Map<String, ShardRanges> shards) {
        return Claim.newest(shards.entrySet().stream()
                .flatMap(said -> said.getValue().claims(said.getKey()).stream())
                .toList());
    }

    /** How many ranges the shard owns, however many rows say so. */
    public int count() {
        return Claim.newest(owned.stream()
                        .map(row -> new Claim<>(row.range(), row.epoch(), "this shard"))
                        .toList())
                .entries()
                .size();
    }

    /** The tokens that the shard owns. */
    public TokenSet ownedTokens() {
        return TokenSet.of(owned.stream().map(OwnedRange::range).toList());
    }

    /** The tokens whose rows handovers have staged or left behind here, which the shard does not own. */
    public TokenSet hiddenTokens() {
        return TokenSet.of(Stream.concat(
                        incoming.stream().map(IncomingRange::range),
                        departed.stream().map(DepartedRange::range))
                .toList());
    }

    /** Whether a handover to this shard can be finished here. */
    public boolean awaits(CommittedHandover handover) {
        return incoming.stream().anyMatch(staged -> staged.isOf(handover));
    }

    /** What was handed over from here and is not tidied up yet. */
    public List<DepartedRange> departures() {
        return Stream.concat(
                        committed.stream().map(away -> new DepartedRange(away.range(), away.epoch(), away.target())),
                        departed.stream())
                .toList();
    }

    /** Whether the shard demonstrably took all of a range, with this epoch or a newer one. */
    public boolean took(TokenRange range, long epoch) {
        return covers(range, arrived, epoch);
    }

    /** Whether ranges with this epoch or a newer one hold each token of a range. */
    public static boolean covers(TokenRange range, List<OwnedRange> ranges, long leastEpoch) {
        TokenSet held = TokenSet.of(ranges.stream()
                .filter(one -> one.epoch() >= leastEpoch && one.range().overlaps(range))
                .map(OwnedRange::range)
                .toList());
        return TokenSet.of(List.of(range)).minus(held).isEmpty();
    }

    /** What awaits a mover, or a recovery after one. */
    public Leftovers leftovers() {
        return new Leftovers(incoming.size(), departed.size(), committed.size());
    }
}
