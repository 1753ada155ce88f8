package dev.ringshard.internal.tables;

import dev.ringshard.internal.shard.PrintedExpressions;
import dev.ringshard.internal.shard.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What two shards define differently and rows do not tell: tables that are not sharded, rights, row-level security, triggers,
 * sequences, defaults, functions, types and views. Rows can move all the same; an application that works on them may find a difference.
 */
public final class SchemaDifferences {
    private static final int SHORT = 60;
    private static final String ABSENT = "absent";
    private static final String TABLE = "table ";

    private SchemaDifferences() {}

    /** Of one shard and another, as {@link #among}. */
    public static List<String> between(Shard one, Shard other) {
        return among(one, List.of(other));
    }

    /**
     * What each of some shards defines otherwise than the first: each difference as a sentence. None of those whose databases do not
     * tell. Reads catalogs only, of each shard once, and once more as {@link PrintedExpressions#reread} where they differ.
     */
    public static List<String> among(Shard first, List<Shard> others) {
        List<String> differences = new ArrayList<>();
        List<Shard> telling = others.stream().filter(SchemaDifferences::tells).toList();
        if (tells(first) && !telling.isEmpty()) {
            Map<String, String> ofFirst = facts(first);
            telling.forEach(other -> differences.addAll(between(first, ofFirst, other, facts(other))));
        }
        return differences;
    }

    private static List<String> between(
            Shard one, Map<String, String> markedHere, Shard other, Map<String, String> markedThere) {
        Map<String, String> here = reread(one, markedHere, markedThere);
        Map<String, String> there = reread(other, markedThere, markedHere);
        List<String> differences = new ArrayList<>();
        Set<String> lonely = lonely(here, there);
        Set<String> all = new TreeSet<>(here.keySet());
        all.addAll(there.keySet());
        for (String fact : all) {
            String ofHere = here.getOrDefault(fact, ABSENT);
            String ofThere = there.getOrDefault(fact, ABSENT);
            if (!ofHere.equals(ofThere) && lonely.stream().noneMatch(table -> isOf(fact, table))) {
                differences.add(sentence(fact, one, ofHere, other, ofThere));
            }
        }
        return differences;
    }

    private static boolean tells(Shard shard) {
        return shard.dialect().definitions().isPresent();
    }

    private static Map<String, String> facts(Shard shard) {
        return shard.snapshot(
                reading -> shard.dialect().definitions().orElseThrow().facts(reading.dsl()));
    }

    /** What both define, and not in the same words, is worded as the database reads its own print. */
    private static Map<String, String> reread(Shard shard, Map<String, String> facts, Map<String, String> ofOther) {
        Set<String> differing = new TreeSet<>();
        facts.forEach((fact, definition) -> {
            if (!definition.equals(ofOther.getOrDefault(fact, definition))) {
                differing.add(definition);
            }
        });
        Map<String, String> reread = PrintedExpressions.reread(shard, differing);
        Map<String, String> worded = new TreeMap<>();
        facts.forEach((fact, definition) ->
                worded.put(fact, reread.getOrDefault(definition, PrintedExpressions.printed(definition))));
        return worded;
    }

    /** The tables that only one of them has: of each, that is said, and nothing more. */
    private static Set<String> lonely(Map<String, String> here, Map<String, String> there) {
        Set<String> tables = new TreeSet<>(here.keySet());
        tables.addAll(there.keySet());
        tables.removeIf(fact -> !fact.startsWith(TABLE) || (here.containsKey(fact) && there.containsKey(fact)));
        return tables.stream().map(fact -> fact.substring(TABLE.length())).collect(Collectors.toSet());
    }

    private static boolean isOf(String fact, String table) {
        return !fact.startsWith(TABLE) && (fact.endsWith(" " + table) || fact.contains(" " + table + "."));
    }

    private static String sentence(String fact, Shard one, String ofOne, Shard other, String ofOther) {
        if ((isShort(ofOne) && isShort(ofOther)) || ofOne.equals(ABSENT) || ofOther.equals(ABSENT)) {
            return "%s is %s on %s and %s on %s."
                    .formatted(fact, shown(ofOne), one.name(), shown(ofOther), other.name());
        }
        return "%s is not the same on %s and %s.".formatted(fact, one.name(), other.name());
    }

    private static String shown(String definition) {
        return isShort(definition) ? definition : "there";
    }

    private static boolean isShort(String definition) {
        return definition.length() <= SHORT && definition.indexOf('\n') < 0;
    }
}
