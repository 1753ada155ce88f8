package dev.ringshard.internal.ring;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What has to move to get from one assignment to another: as little as possible, and exactly that. */
public final class RingDifference {

    private RingDifference() {}

    /**
     * Exactly the tokens whose owner differs, as maximal ranges of one source and one target, in ascending order; empty
     * if nothing differs. How either map is cut makes no difference.
     *
     * @throws InvalidInputException if one of the maps does not cover the whole ring
     */
    public static List<RangeMove> between(TokenMap<String> actual, TokenMap<String> target) {
        actual.requireComplete("actual");
        target.requireComplete("target");
        List<RangeMove> moves = new ArrayList<>();
        for (TokenRange piece : actual.commonPieces(target)) {
            String source = owner(actual, piece);
            String newOwner = owner(target, piece);
            if (!source.equals(newOwner)) {
                append(moves, new RangeMove(piece, source, newOwner));
            }
        }
        return List.copyOf(moves);
    }

    /**
     * The ownership after the moves, in as few ranges as possible. Tokens that no move names stay as they are, gaps
     * too.
     *
     * @param moves in any order
     * @throws InvalidInputException if two moves overlap, or a move's source does not own all of its range
     */
    public static TokenMap<String> apply(TokenMap<String> actual, List<RangeMove> moves) {
        TokenMap<RangeMove> moveAt = TokenMap.of(moves.stream()
                .map(move -> new TokenMap.Entry<>(move.range(), move))
                .toList());
        TokenMap.Builder<String> after = TokenMap.builder();
        for (TokenRange piece : actual.commonPieces(moveAt)) {
            String newOwner = ownerAfter(actual.get(piece.first()), moveAt.get(piece.first()), piece);
            if (newOwner != null) {
                after.put(piece, newOwner);
            }
        }
        return after.build().merged();
    }

    private static @Nullable String ownerAfter(@Nullable String owner, @Nullable RangeMove move, TokenRange piece) {
        if (move == null) {
            return owner;
        }
        if (!move.source().equals(owner)) {
            throw new InvalidInputException("The range " + piece + " should move from shard " + move.source()
                    + " to shard " + move.target() + ", but " + (owner == null ? "nobody" : "shard " + owner)
                    + " owns it. Nothing was read or written. Compute the moves again from the actual ownership.");
        }
        return move.target();
    }

    private static String owner(TokenMap<String> complete, TokenRange piece) {
        return Objects.requireNonNull(complete.get(piece.first()), "checked to be complete");
    }

    private static void append(List<RangeMove> moves, RangeMove move) {
        int end = moves.size() - 1;
        if (end >= 0 && continues(moves.get(end), move)) {
            TokenRange whole =
                    new TokenRange(moves.get(end).range().first(), move.range().last());
            moves.set(end, new RangeMove(whole, move.source(), move.target()));
        } else {
            moves.add(move);
        }
    }

    private static boolean continues(RangeMove before, RangeMove move) {
        return before.range().isRightBefore(move.range())
                && before.source().equals(move.source())
                && before.target().equals(move.target());
    }
}
