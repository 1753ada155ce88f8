package dev.ringshard.internal.schema;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.copies.ReferenceCopies;
import dev.ringshard.internal.copies.ReferenceHolders;
import dev.ringshard.internal.ownership.Founding;
import dev.ringshard.internal.ownership.Membership;
import dev.ringshard.internal.ownership.MembershipState;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.SchemaHistory;
import dev.ringshard.internal.ownership.SchemaVersion;
import dev.ringshard.internal.ownership.ShardNumberTable;
import dev.ringshard.internal.schema.ShardSchema.Brought;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.internal.tables.SchemaComparison;
import dev.ringshard.ring.KeyType;
import dev.ringshard.ring.Member;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.status.InitListener;
import dev.ringshard.status.InitOutcome;
import dev.ringshard.status.InitOutcome.Fenced;
import dev.ringshard.status.InitStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * Founds a cluster: migrates every shard and hands out the first ownership of the ring. Of a cluster that is there, it
 * only migrates the shards that take part; what is configured and to join it by a rebalance is left alone.
 *
 * <p>INVARIANT: no token is ever handed out twice. Two things are stored on <em>every</em> founder before <em>any</em> is
 * given a range, and a founder keeps to the first of each that it stored: the founding (which names, by which ring), and
 * the roster (which databases bear those names). So a second run with other shards, another ring, or another database
 * under the name of a founder, wherever the first run died, meets a founder that refuses it. If it meets none, the two
 * have no founder in common, or the first has handed out nothing and never can. A second run with the same founding and
 * the same databases finishes what the first began: each founder's ranges follow from the founding alone, and are given
 * in one transaction that holds the founder's membership row.
 */
public final class ClusterInit {
    private final String cluster;
    private final Founding founding;
    private final TokenMap<String> assignment;
    private final ApplicationSchema schema;
    private KeyType keyType = KeyType.TEXT;
    private final Shards shards;
    private List<Shard> taking;
    private final InitListener listener;

    /**
     * What is to be founded.
     *
     * @param assignment the ranges that each founder is to be given
     */
    public record Plan(String cluster, Founding founding, TokenMap<String> assignment) {}

    /** @param listener told what is about to be done with which shard, and how far it is */
    public ClusterInit(Plan plan, ApplicationSchema schema, Shards shards, InitListener listener) {
        this.cluster = plan.cluster();
        this.founding = plan.founding();
        this.assignment = plan.assignment();
        this.schema = schema;
        this.shards = shards;
        this.taking = List.copyOf(shards.all());
        this.listener = listener;
    }

    /**
     * Founds the cluster, or finishes a founding that was interrupted. Repeating it runs the migrations that are new, and
     * changes nothing else; also where the ring has changed since.
     *
     * @throws SqlFailedException if a migration failed; nothing was handed out
     * @throws ForeignShardException if a database belongs to another cluster, is another shard, is configured twice, or
     *     was founded with other shards or another ring, or has sharded tables that cannot be moved; nothing was handed out to it
     * @throws ShardUnavailableException if a shard does not answer; repeat the call once it does
     */
    public InitOutcome run() {
        boolean isThere = inspectAll();
        int migrations = 0;
        for (Shard shard : taking) {
            listener.before(InitStep.MIGRATE, shard.name());
            Brought brought = ShardSchema.migrate(shard, schema);
            migrations += brought.migrations();
            keyType = brought.keyType();
        }
        taking.forEach(this::requireKeyType);
        Set<Fenced> changed = index();
        boolean ownsAll = taking.size() == 1;
        if (isThere) {
            taking.forEach(shard -> ShardSchema.requireNoStrays(shard, schema.sharded()));
        } else if (!ownsAll) {
            taking.forEach(this::requireOwnRows);
        }
        ReferenceHolders holders =
                new ReferenceHolders(new ReferenceCopies(cluster, schema.reference(), taking), Set.of());
        holders.requireSameRows();
        if (isThere || !ownsAll) {
            changed.addAll(fence());
        }
        List<String> founded = isThere ? List.of() : handOut();
        if (!isThere && ownsAll) {
            changed.addAll(fence());
        }
        holders.found();
        return new InitOutcome(migrations, List.copyOf(changed), founded);
    }

    private List<String> handOut() {
        for (Shard shard : taking) {
            listener.before(InitStep.PREPARE, shard.name());
            prepare(shard);
        }
        String roster = roster();
        for (Shard shard : taking) {
            listener.before(InitStep.SEAL, shard.name());
            seal(shard, roster);
        }
        List<String> founded = new ArrayList<>();
        for (Shard shard : taking) {
            listener.before(InitStep.HAND_OUT, shard.name());
            if (handOut(shard)) {
                founded.add(shard.name());
            }
        }
        return founded;
    }

    /**
     * Looks whether {@link #run} would refuse the databases for what they say of themselves; changes nothing.
     *
     * @throws ForeignShardException if it would
     */
    public void inspect() {
        inspectAll();
    }

    /** Only once all shards are fit for it. */
    private Set<Fenced> index() {
        Set<Fenced> indexed = new LinkedHashSet<>();
        for (Shard shard : taking) {
            listener.before(InitStep.INDEX, shard.name());
            ShardSchema.index(shard, schema.sharded(), howFar -> listener.progress(shard.name(), howFar))
                    .forEach(table -> indexed.add(new Fenced(shard.name(), table)));
        }
        return indexed;
    }

    /**
     * A founder that owns all that its application writes, whose writes go on, is fenced once it owns it; until then
     * nothing moves either, as a mover asks for the fence. Of several, none is given anything before all are fenced: what came
     * past Ringshard might be another's.
     */
    private Set<Fenced> fence() {
        Set<Fenced> fenced = new LinkedHashSet<>();
        for (Shard shard : taking) {
            listener.before(InitStep.FENCE, shard.name());
            ShardSchema.fence(shard, schema, howFar -> listener.progress(shard.name(), howFar))
                    .forEach(table -> fenced.add(new Fenced(shard.name(), table)));
        }
        return fenced;
    }

    /**
     * Whether the cluster is there: all shards take part already, but for those that are to join it later, which are left alone.
     * Then there is nothing to found, by whatever ring the configuration has.
     */
    private boolean inspectAll() {
        Map<String, String> shardByDatabase = new HashMap<>();
        Map<Shard, Optional<Membership>> memberships = new LinkedHashMap<>();
        for (Shard shard : shards.all()) {
            listener.before(InitStep.INSPECT, shard.name());
            memberships.put(shard, shard.snapshot(transaction -> inspect(transaction, shard, shardByDatabase)));
            ShardSchema.otherKeysOfShipped(shard, schema.shipped()).ifPresent(problem -> {
                throw ForeignShardException.ofTables(problem, null);
            });
            SchemaComparison.requireSameEncoding(memberships.keySet().iterator().next(), shard);
        }
        Map<Shard, Membership> known = new LinkedHashMap<>();
        memberships.forEach((shard, membership) -> membership.ifPresent(found -> known.put(shard, found)));
        boolean isThere = !known.isEmpty()
                && known.values().stream().allMatch(member -> member.state() == MembershipState.MEMBER)
                && memberships.keySet().stream().allMatch(shard -> known.containsKey(shard) || isToJoin(shard, known));
        if (isThere) {
            taking = List.copyOf(known.keySet());
        } else {
            known.forEach((shard, membership) -> verifyFounding(membership, shard));
            String roster = roster(memberships);
            memberships.forEach((shard, membership) ->
                    membership.flatMap(Membership::roster).ifPresent(stored -> requireRoster(shard, stored, roster)));
        }
        return isThere;
    }

    /** No founder: one of those whose database is empty was another database, which may own its part of the ring. */
    private static boolean isToJoin(Shard shard, Map<Shard, Membership> members) {
        return members.values().stream().noneMatch(member -> member.founders().contains(shard.name()));
    }

    private Optional<Membership> inspect(
            ShardTransaction transaction, Shard shard, Map<String, String> shardByDatabase) {
        Optional<Membership> membership = Optional.empty();
        if (SchemaHistory.isMigrated(transaction.dsl())) {
            SchemaVersion.of(transaction.dsl()).requireNotNewer(shard.name());
            membership = MembershipTable.find(transaction.dsl());
        }
        membership.ifPresent(found -> found.verify(cluster, shard.name(), founding.hash()));
        String other = shardByDatabase.putIfAbsent(transaction.databaseIdentity(), shard.name());
        if (other != null) {
            throw new ForeignShardException("""
                    Shards %s and %s are configured with the same database. Nothing was written. Give each \
                    its own: correct url.""".formatted(other, shard.name()));
        }
        return membership;
    }

    private void verify(Membership membership, Shard shard) {
        membership.verify(cluster, shard.name(), founding.hash());
        verifyFounding(membership, shard);
    }

    private void verifyFounding(Membership membership, Shard shard) {
        if (!membership.founding().equals(founding.text())) {
            throw otherFounding(membership, shard);
        }
    }

    private ForeignShardException otherFounding(Membership membership, Shard shard) {
        String state = membership.state() == MembershipState.MEMBER
                ? "has been given its ranges under another founding than the configured one. Init only founds; it never changes a cluster that is there"
                : "was prepared for another founding than the configured one, and that founding was not finished";
        return new ForeignShardException("""
                Shard %s %s. Nothing was handed out. Run init with the configuration that it was begun with.%n  \
                stored:     %s%n  configured: %s""".formatted(shard.name(), state, membership.founding(), founding.text()));
    }

    private void requireKeyType(Shard shard) {
        Optional<Membership> stored = shard.snapshot(looking -> MembershipTable.find(looking.dsl()));
        stored.flatMap(membership -> ShardSchema.otherKeys(membership, keyType)).ifPresent(problem -> {
            throw new ForeignShardException(
                    "Migrations are done; no table was fenced, and nothing was handed out. " + problem);
        });
    }

    /** Of several founders, each keeps the rows that it has: what belongs to another would be on no shard that owns it from then on. */
    private void requireOwnRows(Shard shard) {
        List<String> misplaced = shard.snapshot(reading -> {
            shard.dialect()
                    .transactions()
                    .limitStatements(reading.connection(), Duration.ZERO); // it may read whole tables
            List<String> tables = new ArrayList<>();
            for (ShardedTable table : schema.sharded()) {
                Field<Long> token = DSL.field(shard.dialect().token(table), Long.class);
                Condition isOwn = DSL.or(ranges(shard.name()).stream()
                        .map(range -> token.between(range.first(), range.last()))
                        .toList());
                if (reading.dsl().fetchExists(DSL.selectOne().from(table.name()).where(DSL.not(isOwn)))) {
                    tables.add(table.name());
                }
            }
            return tables;
        });
        if (!misplaced.isEmpty()) {
            throw ForeignShardException.ofTables(
                    """
                    Shard %s has rows in %s that would be another shard's, where nobody would find them. No table was fenced, and nothing \
                    was handed out. Found the cluster with shard %s alone, which then owns all of them; add the others to the \
                    configuration after that, and rebalance.""".formatted(shard.name(), String.join(", ", misplaced), shard.name()), null);
        }
    }

    /** Stores the founding, unless it is stored already. Two that do so at once meet on the primary key. */
    private void prepare(Shard shard) {
        try {
            shard.transaction(transaction -> {
                SchemaVersion.of(transaction.dsl()).requireOurs(shard.name());
                Optional<Membership> stored = MembershipTable.lock(transaction.dsl());
                stored.ifPresent(membership -> verify(membership, shard));
                if (stored.isEmpty()) {
                    MembershipTable.insert(
                            transaction.dsl(), Membership.founder(cluster, shard.name(), founding, keyType));
                    ShardNumberTable.insertFounders(
                            transaction.dsl(),
                            founding.members().stream().map(Member::shard).toList());
                }
                return true;
            });
        } catch (RuntimeException failure) {
            if (FailureKind.of(failure) != FailureKind.DUPLICATE) {
                throw failure;
            }
            prepare(shard);
        }
    }

    private String roster() {
        Map<Shard, Optional<Membership>> memberships = new LinkedHashMap<>();
        taking.forEach(shard -> memberships.put(shard, shard.snapshot(looking -> MembershipTable.find(looking.dsl()))));
        return roster(memberships);
    }

    /** Which database each shard is; a roster is stored once all are prepared, so one that is not is another. */
    private static String roster(Map<Shard, Optional<Membership>> memberships) {
        return memberships.entrySet().stream()
                .map(shard -> shard.getKey().name() + "="
                        + shard.getValue().map(Membership::databaseId).orElse("none"))
                .sorted()
                .collect(Collectors.joining(","));
    }

    private void seal(Shard shard, String roster) {
        shard.transaction(transaction -> {
            Optional<String> stored =
                    MembershipTable.lock(transaction.dsl()).orElseThrow().roster();
            if (stored.isEmpty()) {
                MembershipTable.storeRoster(transaction.dsl(), roster);
            } else {
                requireRoster(shard, stored.get(), roster);
            }
            return true;
        });
    }

    private static void requireRoster(Shard shard, String stored, String roster) {
        if (!stored.equals(roster)) {
            throw otherDatabases(shard, stored, roster);
        }
    }

    private static ForeignShardException otherDatabases(Shard shard, String stored, String found) {
        Set<String> before = Set.of(stored.split(","));
        String strangers = Arrays.stream(found.split(","))
                .filter(entry -> !before.contains(entry))
                .map(entry -> entry.substring(0, entry.indexOf('=')))
                .collect(Collectors.joining(", "));
        return new ForeignShardException("""
                Shard %s knows that the cluster was founded on another database as %s than the one configured. Nothing \
                was handed out; the other one may own its part of the ring. Correct the url of %s, or restore its \
                database.""".formatted(shard.name(), strangers, strangers));
    }

    private boolean handOut(Shard shard) {
        return shard.transaction(transaction -> {
            Membership membership = MembershipTable.lock(transaction.dsl()).orElseThrow();
            verify(membership, shard);
            if (membership.state() == MembershipState.MEMBER) {
                return false;
            }
            OwnedRangeTable.handOut(transaction.dsl(), ranges(shard.name()));
            MembershipTable.becomeMember(transaction.dsl());
            return true;
        });
    }

    private List<TokenRange> ranges(String shard) {
        return assignment.entries().stream()
                .filter(entry -> entry.value().equals(shard))
                .map(TokenMap.Entry::range)
                .toList();
    }
}
