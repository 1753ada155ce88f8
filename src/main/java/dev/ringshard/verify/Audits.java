package dev.ringshard.verify;

import java.util.List;

/**
 * The checks of an application's own, which a {@link Verifier} makes beside its own.
 *
 * @param ofKeys of the rows of each key, in the pass over all rows
 * @param ofCluster over all shards, after that pass
 */
public record Audits(List<Audit> ofKeys, List<ClusterAudit> ofCluster) {
    /** No check. */
    public static final Audits NONE = new Audits(List.of(), List.of());

    public Audits {
        ofKeys = List.copyOf(ofKeys);
        ofCluster = List.copyOf(ofCluster);
    }
}
