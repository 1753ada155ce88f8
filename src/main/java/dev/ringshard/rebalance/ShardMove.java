package dev.ringshard.rebalance;

import dev.ringshard.ring.TokenRange;
import java.util.List;

/**
 * What one shard is to hand to another.
 *
 * @param pieces ascending by range, without overlap; at least one
 * @param bytes estimated from a sample of the rows, as text
 */
public record ShardMove(String source, String target, List<Piece> pieces, long bytes) {

    public ShardMove {
        pieces = List.copyOf(pieces);
    }

    /**
     * One range that moves.
     *
     * @param rows in all sharded tables, counted when the plan was made
     */
    public record Piece(TokenRange range, long rows) {}

    /** All rows of all pieces. */
    public long rows() {
        return pieces.stream().mapToLong(Piece::rows).sum();
    }
}
