package dev.ringshard.ring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that are in any of some ranges. Immutable; a look-up takes constant time. Two sets are equal if they hold
 * the same tokens.
 */
public final class TokenSet {
    /** Holds nothing. */
    public static final TokenSet NONE = of(List.of());

    private final TokenMap<Boolean> members;

    /** @param disjoint without overlap */
    private TokenSet(Collection<TokenRange> disjoint) {
        this.members = TokenMap.of(disjoint.stream()
                        .map(range -> new TokenMap.Entry<>(range, true))
                        .toList())
                .merged();
    }

    /** The union of these ranges, which may overlap, in any order. */
    public static TokenSet of(Collection<TokenRange> ranges) {
        List<TokenRange> disjoint = new ArrayList<>();
        for (TokenRange range : ranges.stream().sorted().toList()) {
            int end = disjoint.size() - 1;
            if (end >= 0 && disjoint.get(end).overlaps(range)) {
                TokenRange before = disjoint.get(end);
                disjoint.set(end, new TokenRange(before.first(), Math.max(before.last(), range.last())));
            } else {
                disjoint.add(range);
            }
        }
        return new TokenSet(disjoint);
    }

    public boolean contains(long token) {
        return members.get(token) != null;
    }

    public boolean isEmpty() {
        return members.entries().isEmpty();
    }

    /** As few ranges as possible that hold exactly these tokens, in ascending order. */
    public List<TokenRange> ranges() {
        return members.entries().stream().map(TokenMap.Entry::range).toList();
    }

    /** The tokens that are in both. */
    public TokenSet intersection(TokenSet other) {
        List<TokenRange> ours = ranges();
        List<TokenRange> theirs = other.ranges();
        List<TokenRange> common = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < ours.size() && j < theirs.size()) {
            ours.get(i).intersection(theirs.get(j)).ifPresent(common::add);
            if (ours.get(i).last() < theirs.get(j).last()) {
                i++;
            } else {
                j++;
            }
        }
        return new TokenSet(common);
    }

    /** The tokens of this set that are not in the other. */
    public TokenSet minus(TokenSet other) {
        return intersection(new TokenSet(other.members.gaps()));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokenSet set && members.equals(set.members);
    }

    @Override
    public int hashCode() {
        return members.hashCode();
    }

    @Override
    public String toString() {
        return ranges().toString();
    }
}
