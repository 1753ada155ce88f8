package dev.ringshard.internal.tables;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.shard.Obstacle;
import dev.ringshard.internal.tables.Catalog.Referring;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What reference tables must be so that their rows can be carried to every shard, and rows that refer to them live there. A rule that
 * is broken becomes one sentence that says what to do.
 */
public final class ReferenceRules {
    private final Catalog catalog;
    private final Set<TableName> earlier = new LinkedHashSet<>();
    private final List<String> problems = new ArrayList<>();

    private ReferenceRules(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * All that is wrong with tables of one database.
     *
     * @param tables those that others refer to first
     */
    public static List<String> check(Catalog catalog, List<String> tables) throws SQLException {
        ReferenceRules rules = new ReferenceRules(catalog);
        for (String table : tables) {
            rules.check(table);
        }
        rules.checkNoneIsLeftOut();
        return List.copyOf(rules.problems);
    }

    /**
     * What is wrong with one table beside others.
     *
     * @param all reference tables, in any order
     */
    public static List<String> problemsOf(Catalog catalog, String table, List<String> all) throws SQLException {
        ReferenceRules rules = new ReferenceRules(catalog);
        for (String other : all) {
            if (!other.equals(table)) {
                rules.earlier.add(catalog.name(other));
            }
        }
        rules.check(table);
        return List.copyOf(rules.problems);
    }

    private void check(String table) throws SQLException {
        TableName name = catalog.name(table);
        Optional<Boolean> isPlain = catalog.isPlain(name);
        if (!earlier.add(name)) {
            add(table, "is named twice in tables.reference: name it once.");
        } else if (isPlain.isEmpty()) {
            add(
                    table,
                    "is not there, or is no table (there is no table %s): make it by a migration, or correct tables.reference."
                                    .formatted(name)
                            + catalog.didYouMean(name));
        } else if (!isPlain.get()) {
            add(table, "is partitioned, which a reference table cannot be: make it a plain table.");
        } else {
            checkTable(table, name);
        }
    }

    private void checkTable(String table, TableName name) throws SQLException {
        List<String> key = catalog.primaryKey(name);
        if (key.isEmpty()) {
            add(table, "has no primary key, by which its rows are carried to other shards: give it one.");
        }
        for (Obstacle obstacle : catalog.unmovable(ShardedTable.byToken(table, "of_none"))) {
            add(table, obstacle.sentence() + ".");
        }
        catalog.refusal(table, catalog.columns(name))
                .ifPresent(refusal -> add(
                        table,
                        "cannot be read without quotes around names (%s): rename what needs them.".formatted(refusal)));
        for (Referring referring : catalog.referringTo(name)) {
            checkReferring(table, key, referring);
        }
        for (TableName referred : catalog.referred(name)) {
            if (!earlier.contains(referred)) {
                add(
                        table,
                        "refers to %1$s by a foreign key: name %1$s before it in tables.reference, or drop the foreign key."
                                .formatted(referred));
            }
        }
    }

    private void checkReferring(String table, List<String> key, Referring referring) {
        if (referring.acts()) {
            add(
                    table,
                    "is referred to by %s with %s, which deletes or changes rows by itself where a row is deleted, on each shard at another time: let it refuse that (ON DELETE NO ACTION)."
                            .formatted(referring.child(), referring.name()));
        }
        if (!key.isEmpty() && !referring.columns().equals(Set.copyOf(key))) {
            add(
                    table,
                    "is referred to by %s with %s, which is not by its primary key (%s): refer by that, or leave the table out."
                            .formatted(referring.child(), referring.name(), String.join(", ", key)));
        }
    }

    private void checkNoneIsLeftOut() {
        for (String fenced : catalog.fencedReferences()) {
            if (earlier.stream().noneMatch(name -> name.toString().equals(fenced.toLowerCase(Locale.ROOT)))) {
                problems.add(
                        "%s is a reference table of the cluster and is not named in tables.reference, so that a shard that joins would not get it: name it; or, if it is to be one no more, run init with --release %1$s."
                                .formatted(fenced.toLowerCase(Locale.ROOT)));
            }
        }
    }

    private void add(String table, String problem) {
        problems.add(table + " " + problem);
    }
}
