package dev.ringshard.internal.copies;

import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.ReferenceState;
import dev.ringshard.internal.ownership.ReferenceTableTable;
import dev.ringshard.internal.ownership.SchemaHistory;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.tables.Catalog;
import dev.ringshard.internal.tables.TableName;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The versions of tables that every shard has whole, and how they get to all shards.
 *
 * <p>INVARIANT: versions of a table are a chain. Each shard stores which version it holds, in the transaction in which it took it. A
 * version is made in one transaction of one shard, its <em>home</em>, which holds its own row of {@code ringshard.reference_table} all
 * the while, and says who makes the next one. So the home moves by a version that names another, which can go on only once it has that
 * version; and of two who want to change a table at once, the second sees what the first has made. A version also names all
 * <em>holders</em>: a shard that joins becomes one before it owns anything, so that who makes a version knows which shards to reach.
 *
 * <p>INVARIANT: rows that refer to a row of the table never lose it. What a version deletes is <em>retired</em> before it is
 * committed: deleted on all other holders, one after the other, which is refused where something refers to it. A shard whose rows are
 * retired notes that it is ahead. If the version does not come to be, the rows are put back, under the lock of the home, so that it
 * cannot come to be meanwhile.
 *
 * <p>A version is carried from any shard that has it, by any process, as late as it likes: a shard takes none that is not newer than its
 * own.
 */
public final class ReferenceCopies {
    private static final Logger log = LoggerFactory.getLogger(ReferenceCopies.class);
    /** SQLSTATE of a foreign key that refuses a deletion. */
    private static final Set<String> REFERRED_TO = Set.of("23503", "23001");

    private final String cluster;
    private final List<String> tables;
    private final Map<String, Shard> shards = new TreeMap<>();
    private final Consumer<ReferenceStep> beforeStep;

    /**
     * @param tables those that others refer to first
     * @param shards all that are configured
     */
    public ReferenceCopies(String cluster, List<String> tables, Collection<Shard> shards) {
        this(cluster, tables, shards, step -> {});
    }

    /** @param beforeStep told what is about to be done */
    public ReferenceCopies(
            String cluster, List<String> tables, Collection<Shard> shards, Consumer<ReferenceStep> beforeStep) {
        this.cluster = cluster;
        this.tables = List.copyOf(tables);
        shards.forEach(shard -> this.shards.put(shard.name(), shard));
        this.beforeStep = beforeStep;
    }

    /** The version of a table that a shard has, with its rows. */
    private record Copy(ReferenceState state, ReferenceRows rows) {}

    /** What the shards hold of a table: those that answer, belong to the cluster or are about to, and have it under the fence. */
    public Map<Shard, ReferenceState> states(String table) {
        Map<Shard, ReferenceState> states = new LinkedHashMap<>();
        for (Shard shard : shards.values()) {
            try {
                shard.snapshot(reading -> state(reading, table)).ifPresent(state -> states.put(shard, state));
            } catch (ShardUnavailableException down) {
                log.debug("Shard {} does not tell which version of {} it holds", shard.name(), table, down);
            }
        }
        return states;
    }

    private Optional<ReferenceState> state(ShardTransaction reading, String table) throws SQLException {
        boolean isOurs = SchemaHistory.isMigrated(reading.dsl())
                && MembershipTable.find(reading.dsl())
                        .map(member -> member.cluster().equals(cluster)
                                && member.shard().equals(reading.shard().name()))
                        .orElse(true);
        TableName name = Catalog.of(reading).name(table);
        return isOurs ? ReferenceTableTable.find(reading.dsl(), name.schema(), name.table()) : Optional.empty();
    }

    /** Of those that are whole, the newest; empty if there is no version yet. */
    static Optional<Map.Entry<Shard, ReferenceState>> newest(Map<Shard, ReferenceState> states) {
        return states.entrySet().stream()
                .filter(each ->
                        each.getValue().version() > 0 && !each.getValue().isAhead())
                .max(Comparator.comparing(each -> each.getValue().version()));
    }

    /**
     * The newest version of a table that a shard tells of.
     *
     * @throws ForeignShardException if there is none
     */
    public ReferenceState newest(String table) {
        return newest(states(table))
                .map(Map.Entry::getValue)
                .orElseThrow(() -> new ForeignShardException(
                        "No shard that answers holds %s as a reference table. Nothing was changed. Name it in tables.reference, and run init; or see that the shards run."
                                .formatted(table)));
    }

    /**
     * The shard that makes the next version.
     *
     * @throws ForeignShardException if it is not configured here
     */
    public Shard home(String table, ReferenceState newest) {
        Shard home = shards.get(newest.home());
        if (home == null) {
            throw new ForeignShardException(
                    "The home of the reference table %1$s is shard %2$s, which is not configured here. Nothing was changed. Put %2$s into the configuration; if it is to go, with weight: 0, and run recover, which gives the table another home."
                            .formatted(table, newest.home()));
        }
        return home;
    }

    /**
     * Brings all holders of all tables to the newest versions.
     *
     * @return the shards that could not be brought there, by the tables; none where all could
     */
    public Map<String, Set<String>> carry() {
        Map<String, Set<String>> behind = new LinkedHashMap<>();
        for (String table : tables) {
            Set<String> ofTable = carry(table);
            if (!ofTable.isEmpty()) {
                behind.put(table, ofTable);
            }
        }
        return behind;
    }

    /** How many holders are behind, and could not be brought to the newest versions; see {@link #carry()}. */
    public int behind() {
        return carry().values().stream().mapToInt(Set::size).sum();
    }

    Set<String> carry(String table) {
        Map<Shard, ReferenceState> states = states(table);
        Optional<Map.Entry<Shard, ReferenceState>> newest = newest(states);
        Map<String, Boolean> behind = new TreeMap<>();
        newest.ifPresent(from -> from.getValue()
                .holders()
                .forEach(holder ->
                        behind.put(holder, isBehind(table, from, Optional.ofNullable(shards.get(holder)), states))));
        behind.values().removeIf(is -> !is);
        return Set.copyOf(behind.keySet());
    }

    private boolean isBehind(
            String table,
            Map.Entry<Shard, ReferenceState> newest,
            Optional<Shard> holder,
            Map<Shard, ReferenceState> states) {
        ReferenceState there = holder.map(states::get).orElse(null);
        if (there == null) {
            return true;
        }
        try {
            if (there.version() < newest.getValue().version()) {
                carry(table, newest.getKey(), holder.get());
            } else if (there.isAhead()) {
                putBack(table, home(table, newest.getValue()), holder.get());
            }
            return false;
        } catch (RingshardException failure) {
            if (!(failure instanceof ContentionException)) { // another process is at it
                log.warn(
                        "Reference table {} is not at its newest version on shard {}",
                        table,
                        holder.get().name(),
                        failure);
            }
            return true;
        }
    }

    /** Takes the version that one shard has to another, unless that has it or a newer one. */
    private void carry(String table, Shard source, Shard target) {
        beforeStep.accept(ReferenceStep.CARRY);
        try (ShardTransaction taking = target.beginReferenceWork(stored(target, table))) {
            taking.run(inside -> {
                ReferenceState there = lock(inside, table);
                Copy copy = source.snapshot(reading -> copy(reading, table));
                if (copy.state.version() > there.version() && !copy.state.isAhead()) {
                    take(inside, copy);
                }
                return true;
            });
            taking.commit();
        }
    }

    /** Undoes a {@link #retire}, while the home makes no version. */
    private void putBack(String table, Shard home, Shard target) {
        beforeStep.accept(ReferenceStep.CARRY);
        try (ShardTransaction holding = home.beginReferenceWork(stored(home, table));
                ShardTransaction taking = target.beginReferenceWork(stored(target, table))) {
            Copy copy = holding.run(inside -> {
                lock(inside, table);
                return copy(inside, table);
            });
            taking.run(inside -> {
                ReferenceState there = lock(inside, table);
                if (there.isAhead() && copy.state.version() == there.version()) {
                    take(inside, copy);
                }
                return true;
            });
            taking.commit();
        }
    }

    private static void take(ShardTransaction inside, Copy copy) throws SQLException {
        String table = copy.rows.table();
        RowChanges.apply(inside, ReferenceRows.read(inside.dsl(), inside.connection(), table), copy.rows);
        String stored =
                ReferenceRows.read(inside.dsl(), inside.connection(), table).digest();
        if (!stored.equals(copy.state.digest())) {
            throw new SqlFailedException(
                    "The rows of the reference table %s are not what they should be once they are on shard %s: a trigger or a rule of its own changes them, or it has other columns. Nothing was changed there. Make the table the same on all shards (config check), and see that nothing acts on its rows; then run recover."
                            .formatted(table, inside.shard().name()));
        }
        store(inside, table, copy.state);
    }

    private Copy copy(ShardTransaction reading, String table) throws SQLException {
        ReferenceState state = state(reading, table).orElseThrow();
        ReferenceRows rows = ReferenceRows.read(reading.dsl(), reading.connection(), table);
        if (!state.isAhead()) {
            requireUntouched(reading, state, rows);
        }
        return new Copy(state, rows);
    }

    private static void requireUntouched(ShardTransaction reading, ReferenceState state, ReferenceRows rows) {
        if (!rows.digest().equals(state.digest())) {
            throw new CorruptionException(
                    "Reference table %s on shard %s does not hold what its version %d holds: somebody wrote to it past Ringshard. Nothing was changed. Compare it with other shards, put its rows back with its trigger ringshard_reference disabled, and enable that again."
                            .formatted(rows.table(), reading.shard().name(), state.version()));
        }
    }

    /** The tables, in the order of the configuration. */
    List<String> tables() {
        return tables;
    }

    /** The shards, by their names. */
    Map<String, Shard> shards() {
        return shards;
    }

    /** The name of a table as a shard stores it. */
    public static String stored(Shard shard, String table) {
        return shard.snapshot(reading -> {
            TableName name = Catalog.of(reading).name(table);
            return name.schema() + "." + name.table();
        });
    }

    static ReferenceState lock(ShardTransaction inside, String table) throws SQLException {
        TableName name = Catalog.of(inside).name(table);
        ReferenceState state = ReferenceTableTable.lock(inside.dsl(), name.schema(), name.table())
                .orElseThrow(() -> new ForeignShardException(
                        "Shard %s does not hold %s as a reference table. Nothing was changed. Run init."
                                .formatted(inside.shard().name(), table)));
        inside.mark();
        return state;
    }

    static void store(ShardTransaction inside, String table, ReferenceState state) throws SQLException {
        TableName name = Catalog.of(inside).name(table);
        ReferenceTableTable.update(inside.dsl(), name.schema(), name.table(), state);
    }

    /**
     * Begins the next version of a table, in a transaction of its home.
     *
     * @return what the home holds, which is the newest
     * @throws ContentionException if another shard is its home by now
     * @throws ForeignShardException if a holder is not configured here, and would not get the version
     */
    public ReferenceState begin(ShardTransaction inside, String table) throws SQLException {
        ReferenceState state = lock(inside, table);
        if (!state.home().equals(inside.shard().name())) {
            throw new ContentionException(
                    "Shard %s is not the home of the reference table %s any more. Nothing was changed. Repeat the call."
                            .formatted(inside.shard().name(), table));
        }
        List<String> strangers = state.holders().stream()
                .filter(holder -> !shards.containsKey(holder))
                .toList();
        if (!strangers.isEmpty()) {
            throw new ForeignShardException(
                    "The reference table %1$s is also on shard %2$s, which is not configured here and would not get what changes. Nothing was changed. Put %2$s into the configuration; if it is to go, with weight: 0, and run recover."
                            .formatted(table, String.join(", ", strangers)));
        }
        return state;
    }

    /**
     * Reads the rows of a table in a transaction that has {@linkplain #begin begun} a version.
     *
     * @throws CorruptionException if they are not those of the version before
     */
    public ReferenceRows before(ShardTransaction inside, String table, ReferenceState state) throws SQLException {
        ReferenceRows rows = ReferenceRows.read(inside.dsl(), inside.connection(), table);
        requireUntouched(inside, state, rows);
        return rows;
    }

    /**
     * Deletes rows on all other holders before their home commits the version that deletes them.
     *
     * @param keys of those rows, as texts
     * @throws InvalidInputException if something refers to one of them
     * @throws ShardUnavailableException if a shard does not answer
     */
    public void retire(String table, ReferenceState state, List<List<String>> keys) {
        for (String holder : state.holders()) {
            if (!holder.equals(state.home())) {
                beforeStep.accept(ReferenceStep.RETIRE);
                retire(Objects.requireNonNull(shards.get(holder)), table, state.version(), keys);
            }
        }
    }

    private static void retire(Shard holder, String table, long version, List<List<String>> keys) {
        try (ShardTransaction retiring = holder.beginReferenceWork(stored(holder, table))) {
            retiring.run(inside -> {
                ReferenceState there = lock(inside, table);
                if (there.version() != version) {
                    throw new ContentionException(
                            "Shard %s is not at version %d of the reference table %s, and so its rows cannot be deleted there. Nothing was changed. Run recover, which brings it there."
                                    .formatted(holder.name(), version, table));
                }
                RowChanges.delete(inside, ReferenceRows.read(inside.dsl(), inside.connection(), table), keys);
                store(inside, table, there.ahead(true));
                return true;
            });
            retiring.commit();
        } catch (SqlFailedException refused) {
            throw isReferredTo(refused) ? referredTo(table, holder, refused) : refused;
        }
    }

    private static boolean isReferredTo(RuntimeException failure) {
        return FailureKind.first(failure)
                .filter(sql -> REFERRED_TO.contains(String.valueOf(sql.getSQLState())))
                .isPresent();
    }

    private static InvalidInputException referredTo(String table, Shard holder, SqlFailedException refused) {
        return new InvalidInputException(
                "Rows of the reference table %s cannot be deleted, because others on shard %s refer to them (%s). Nothing was changed on any shard. Let those refer to other rows first."
                        .formatted(
                                table,
                                holder.name(),
                                FailureKind.first(refused)
                                        .map(sql -> String.valueOf(sql.getMessage())
                                                .strip()
                                                .replaceAll("\\s*\\R\\s*", "; "))
                                        .orElse("")),
                refused);
    }

    /** Notes the next version, of other rows, in the transaction of the home that has {@linkplain #begin begun} it, which then commits. */
    public long publish(ShardTransaction inside, String table, ReferenceState state, ReferenceRows rows)
            throws SQLException {
        store(inside, table, state.withRows(rows.digest()));
        beforeStep.accept(ReferenceStep.PUBLISH);
        return state.version() + 1;
    }
}
