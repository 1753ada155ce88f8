package dev.ringshard.ring;

import dev.ringshard.failure.InvalidInputException;
import java.util.List;
import java.util.stream.Collectors;

/** The strategies that come with Ringshard. */
public final class RingStrategies {
    private static final List<RingStrategy> ALL = List.of(new VirtualNodes(), new Balanced(), new BySize());

    private RingStrategies() {}

    /**
     * The strategy of that name.
     *
     * <ul>
     *   <li>{@code vnodes}: the classic {@link Ring}, whatever the actual ownership.
     *   <li>{@code balanced}: plans from the actual ownership. Every shard ends between 90 and 105 per cent of its fair
     *       share, in few ranges, and exactly as many tokens move as that needs: a joining shard's fair share, or what a
     *       leaving shard owned. It makes no use of the hash function and the number of virtual nodes.
     *   <li>{@code by-size}: plans from the actual ownership and from how many rows stand where. Every shard ends at no more than
     *       1.08 of its share of the rows, as far as whole keys allow, whatever part of the ring that is.
     * </ul>
     *
     * @throws InvalidInputException if there is none
     */
    public static RingStrategy named(String name) {
        return ALL.stream()
                .filter(strategy -> strategy.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("There is no ring strategy named '" + name
                        + "'. Nothing was read or written. Allowed are "
                        + ALL.stream().map(RingStrategy::name).collect(Collectors.joining(", ")) + "."));
    }

    private static final class VirtualNodes implements RingStrategy {

        @Override
        public String name() {
            return "vnodes";
        }

        @Override
        public TokenMap<String> target(TokenMap<String> actual, KeyHash hash, int virtualNodes, List<Member> members) {
            return new Ring(hash, virtualNodes, members).assignment();
        }
    }
}
