package dev.ringshard.rebalance;

import dev.ringshard.internal.handover.Chunk;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.rebalance.ShardMove.Piece;
import dev.ringshard.ring.TokenRange;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Cuts what one source hands to one target into chunks of about so many rows, from the lowest token upwards; what did not move
 * comes last, and what others hold comes behind that, in ever smaller chunks. For one thread.
 */
final class Chunks {
    /** Each range costs a few statements of its own, also while writers wait. */
    private static final int MOST_RANGES = 64;

    /** So much smaller is the next chunk of what others hold, and so much larger once one has moved. */
    private static final int STEP = 4;

    /** Who always writes for longer than this at a time keeps a mover off. */
    private static final Duration LONGEST_LOCK_TIMEOUT = Duration.ofMillis(500);

    private final Shard source;
    private final Shard target;
    private final Sizes sizes;
    private Deque<Piece> remaining;
    private Deque<Piece> held = new ArrayDeque<>();
    private long heldRows = Long.MAX_VALUE;
    private Duration lockTimeout = Chunk.LOCK_TIMEOUT;

    Chunks(Shard source, Shard target, Sizes sizes, Collection<Piece> pieces) {
        this.source = source;
        this.target = target;
        this.sizes = sizes;
        this.remaining = new ArrayDeque<>(pieces);
    }

    boolean isEmpty() {
        return remaining.isEmpty() && held.isEmpty();
    }

    /** Whether others have held all that is left. */
    boolean isAllHeld() {
        return remaining.isEmpty() && !held.isEmpty();
    }

    /** The part of the ring, 0 to 1, that has not been handed out. */
    double share() {
        return Stream.of(remaining, held)
                .flatMap(Collection::stream)
                .mapToDouble(piece -> piece.range().fraction())
                .sum();
    }

    /**
     * The next chunk, which is at least one token; there must be something left.
     *
     * @param rows how many it should have in the table that has most of them; 0 for what there is before the first
     */
    Chunk next(long rows) {
        boolean queues = remaining.isEmpty();
        Deque<Piece> pieces = queues ? held : remaining;
        List<TokenRange> ranges = new ArrayList<>();
        long left = queues ? Math.min(rows, heldRows) : rows;
        do {
            Piece piece = pieces.removeFirst();
            TokenRange range = piece.rows() <= left ? piece.range() : cut(piece, left, pieces);
            left -= Math.min(left, Math.max(1, piece.rows()));
            ranges.add(range);
        } while (!pieces.isEmpty() && ranges.size() < MOST_RANGES && left > 0);
        return new Chunk(
                source, target, ranges.stream().sorted().toList(), queues, queues ? lockTimeout : Chunk.LOCK_TIMEOUT);
    }

    /** The beginning of a piece; what is cut off goes back to the pieces. */
    private TokenRange cut(Piece piece, long rows, Deque<Piece> pieces) {
        TokenRange range = piece.range();
        OptionalLong beyond = sizes.tokenAfter(source, range, rows);
        if (beyond.isEmpty() || beyond.getAsLong() == Long.MIN_VALUE) {
            return range;
        }
        long last = Math.max(range.first(), beyond.getAsLong() - 1); // a token is never split, however many rows it has
        if (last >= range.last()) {
            return range;
        }
        pieces.addFirst(part(piece, new TokenRange(last + 1, range.last())));
        return new TokenRange(range.first(), last);
    }

    /** A part of a piece, with as many of its rows as hashing puts there. */
    private static Piece part(Piece piece, TokenRange range) {
        return new Piece(
                range,
                Math.round(piece.rows() * range.fraction() / piece.range().fraction()));
    }

    /**
     * Takes a chunk back that did not move, behind all that is left, and keeps of all that only what the source still owns.
     *
     * @param rows how many the chunk was to have
     * @param isHeld whether that is because others held it
     */
    void putBack(Chunk chunk, long rows, List<TokenRange> stillOwned, boolean isHeld) {
        remaining = kept(remaining, stillOwned);
        held = kept(held, stillOwned);
        if (isHeld && chunk.queues()) {
            lockTimeout = lockTimeout.multipliedBy(2).compareTo(LONGEST_LOCK_TIMEOUT) < 0
                    ? lockTimeout.multipliedBy(2)
                    : LONGEST_LOCK_TIMEOUT;
        }
        if (isHeld && rows > 0) {
            long smaller = Math.max(1, (chunk.queues() ? Math.min(rows, heldRows) : rows) / STEP);
            heldRows = Math.min(heldRows, smaller);
        }
        for (TokenRange range : chunk.ranges()) {
            keep(new Piece(range, rows / chunk.ranges().size()), stillOwned, isHeld ? held : remaining);
        }
    }

    /** A chunk has moved: the next that was held may be larger. */
    void moved(Chunk chunk) {
        if (chunk.queues()) {
            lockTimeout = Chunk.LOCK_TIMEOUT;
            heldRows = heldRows > Long.MAX_VALUE / STEP ? Long.MAX_VALUE : heldRows * STEP;
        }
    }

    private static Deque<Piece> kept(Deque<Piece> pieces, List<TokenRange> owned) {
        Deque<Piece> kept = new ArrayDeque<>();
        for (Piece piece : pieces) {
            keep(piece, owned, kept);
        }
        return kept;
    }

    private static void keep(Piece piece, List<TokenRange> owned, Deque<Piece> kept) {
        for (TokenRange range : owned) {
            range.intersection(piece.range()).ifPresent(owns -> kept.addLast(part(piece, owns)));
        }
    }
}
