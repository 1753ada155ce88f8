package dev.ringshard.internal.ownership;

import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.ring.KeyHash;
import dev.ringshard.ring.KeyType;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Who a database says it is.
 *
 * @param hashProbe the token that its founder's hash gave a fixed text: another function under the same name shows
 * @param keyType what the keys of its cluster are
 * @param databaseId this database's own, so that another one under the same name shows
 * @param founding {@link Founding#text()} of its cluster
 * @param roster the databases that its cluster was founded on; empty as long as not all of them are known
 */
public record Membership(
        String cluster,
        String shard,
        String hashName,
        long hashProbe,
        KeyType keyType,
        String databaseId,
        String founding,
        Optional<String> roster,
        MembershipState state) {

    /** The newest migration; a shard takes part only at exactly this version. */
    public static final String SCHEMA_VERSION = "2";

    private static final String PROBE = "ringshard hash probe";

    /** The membership of a founder that has not been given its ranges. */
    public static Membership founder(String cluster, String shard, Founding founding, KeyType keyType) {
        return new Membership(
                cluster,
                shard,
                founding.hash().name(),
                probe(founding.hash()),
                keyType,
                UUID.randomUUID().toString(),
                founding.text(),
                Optional.empty(),
                MembershipState.FOUNDING);
    }

    /** The shards that the cluster was founded with; empty as long as not all of them are known. */
    public Set<String> founders() {
        return roster.stream()
                .flatMap(databases -> Arrays.stream(databases.split(",")))
                .map(database -> database.substring(0, database.indexOf('=')))
                .collect(Collectors.toSet());
    }

    /**
     * Checks that the shard has been given its first ranges.
     *
     * @throws ForeignShardException if it has not
     */
    public void requireFounded() {
        if (state == MembershipState.FOUNDING) {
            throw ForeignShardException.withoutInit("""
                    Shard %s has not been given its first ranges: an init was interrupted. Nothing is lost. Run \
                    init again with the same configuration; it finishes what was begun.""".formatted(shard));
        }
    }

    /** Who a database that joins this cluster under a name of its own will say that it is. */
    public Membership joining(String name) {
        return new Membership(
                cluster,
                name,
                hashName,
                hashProbe,
                keyType,
                UUID.randomUUID().toString(),
                founding,
                roster,
                MembershipState.MEMBER);
    }

    /** Whether this is the shard of that name of that cluster. */
    public boolean isShard(String ofCluster, String named) {
        return cluster.equals(ofCluster) && shard.equals(named);
    }

    static long probe(KeyHash hash) {
        return hash.token(PROBE);
    }

    /**
     * Checks that this is the shard that the configuration means.
     *
     * @throws ForeignShardException if it is of another cluster, carries another name, or hashes keys differently
     */
    public void verify(String configuredCluster, String configuredShard, KeyHash configuredHash) {
        if (!cluster.equals(configuredCluster)) {
            throw foreign(
                    configuredShard,
                    "belongs to cluster " + cluster + ", not to " + configuredCluster,
                    "url or cluster");
        }
        if (!shard.equals(configuredShard)) {
            throw foreign(configuredShard, "is shard " + shard + " of cluster " + cluster, "url or name");
        }
        if (!hashName.equals(configuredHash.name())) {
            throw foreign(
                    configuredShard,
                    "places keys with hash " + hashName + ", the configuration with " + configuredHash.name(),
                    "ring.hash");
        }
        if (hashProbe != probe(configuredHash)) {
            throw foreign(configuredShard, """
                    places keys with a hash named %s that gives token %d to a fixed text where the one \
                    configured gives %d: not the same function""".formatted(hashName, hashProbe, probe(configuredHash)), "ring.hash");
        }
    }

    private static ForeignShardException foreign(String shard, String finding, String key) {
        return new ForeignShardException(
                "The database configured as shard %s %s. It is left alone; nothing was written. Correct %s."
                        .formatted(shard, finding, key));
    }
}
