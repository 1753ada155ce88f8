package dev.ringshard.ring;

import dev.ringshard.failure.InvalidInputException;
import java.util.List;

/** The strategies that come with Ringshard. */
public final class RingStrategies {
    private static final RingStrategy VIRTUAL_NODES = new VirtualNodes();

    private RingStrategies() {}

    /**
     * The strategy of that name. {@code vnodes}: the classic {@link Ring}, whatever the actual ownership.
     *
     * @throws InvalidInputException if there is none
     */
    public static RingStrategy named(String name) {
        if (name.equals(VIRTUAL_NODES.name())) {
            return VIRTUAL_NODES;
        }
        throw new InvalidInputException(
                "There is no ring strategy named '" + name + "'. Nothing was read or written. Allowed is vnodes.");
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
