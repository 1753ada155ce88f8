package dev.ringshard.ring;

/** A token that a shard stands at. Ordered by token, then by the shard's name, so that the first of equals wins. */
record VirtualNode(long token, String shard) implements Comparable<VirtualNode> {

    @Override
    public int compareTo(VirtualNode other) {
        int byToken = Long.compare(token, other.token);
        return byToken != 0 ? byToken : shard.compareTo(other.shard);
    }
}
