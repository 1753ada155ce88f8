package dev.ringshard.config;

import dev.ringshard.internal.config.NearestName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The application's own tables. Immutable.
 *
 * @param sharded the tables whose rows belong to keys; one that others refer to by foreign keys stands before them; each once
 * @param reference the names of small tables that every shard has whole, such as countries, as written unquoted in SQL; one
 *     that others refer to stands before them; in lower case
 * @param migrations where Flyway finds the migrations that make these tables: {@code classpath:…} or
 *     {@code filesystem:…}, in which <code>{vendor}</code> stands for {@code postgresql} or {@code h2}; default none,
 *     for tables that are made in another way
 * @param historyTable where Flyway remembers which of these ran; default Flyway's own
 */
public record TablesConfig(
        List<ShardedTable> sharded, List<String> reference, List<String> migrations, String historyTable) {
    /** The name that Flyway gives its history unless told otherwise. */
    public static final String DEFAULT_HISTORY_TABLE = "flyway_schema_history";

    private static final List<String> SCHEMES = List.of("classpath", "filesystem");
    private static final String ALLOWED_LOCATION =
            "a location that begins with classpath: or filesystem: is allowed, such as filesystem:db/migration.";
    private static final String VENDOR = "{vendor}";
    private static final Pattern BRACED = Pattern.compile("\\{[^{}]*}");

    /** No tables of the application's own. */
    public static final TablesConfig NONE = new TablesConfig(List.of(), List.of(), List.of(), DEFAULT_HISTORY_TABLE);

    /**
     * Checks the names against each other, and the locations.
     *
     * @throws dev.ringshard.failure.ConfigurationException if any of this does not hold, with all that is wrong
     */
    public TablesConfig {
        sharded = List.copyOf(sharded);
        migrations = List.copyOf(migrations);
        ProblemList problems = new ProblemList();
        Map<String, String> names = new LinkedHashMap<>();
        sharded.forEach(table -> names.put("sharded[%d].name".formatted(names.size()), table.name()));
        for (int i = 0; i < reference.size(); i++) {
            String key = "reference[%d]".formatted(i);
            ShardedTable.check(problems, key, reference.get(i));
            names.put(key, reference.get(i));
        }
        checkNames(problems, names);
        Map<String, String> locations = new LinkedHashMap<>();
        migrations.forEach(location -> locations.put("migrations[%d]".formatted(locations.size()), location));
        checkMigrations(problems, locations);
        ShardedTable.checkColumn(problems, "history-table", historyTable);
        problems.throwIfAny("tables");
        reference =
                reference.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    }

    /** @param names each by its key, in the order of the configuration */
    static void checkNames(Problems problems, Map<String, String> names) {
        Map<String, String> keyByName = new LinkedHashMap<>();
        names.forEach((key, name) -> addTwice(
                problems, key, name, Optional.ofNullable(keyByName.putIfAbsent(name.toLowerCase(Locale.ROOT), key))));
    }

    /** @param migrations each by its key, in the order of the configuration */
    static void checkMigrations(Problems problems, Map<String, String> migrations) {
        Map<String, String> keyByLocation = new LinkedHashMap<>();
        migrations.forEach((key, location) -> {
            checkLocation(problems, key, location);
            addTwice(problems, key, location, Optional.ofNullable(keyByLocation.putIfAbsent(location, key)));
        });
    }

    private static void addTwice(Problems problems, String key, String value, Optional<String> earlier) {
        earlier.ifPresent(
                other -> problems.add(key, "is %s, as is %s: give it once.".formatted(Excerpt.value(value), other)));
    }

    private static void checkLocation(Problems problems, String key, String location) {
        String scheme = location.substring(0, Math.max(0, location.indexOf(':')));
        if (!SCHEMES.contains(scheme)) {
            problems.add(
                    key,
                    "is %s: %s"
                            .formatted(
                                    Excerpt.value(location),
                                    NearestName.to(scheme, SCHEMES)
                                            .map("did you mean '%s:'?"::formatted)
                                            .orElse(ALLOWED_LOCATION)));
        } else if (location.length() == scheme.length() + 1) {
            problems.add(key, "is %s, which names no place: %s".formatted(Excerpt.value(location), ALLOWED_LOCATION));
        }
        Matcher braced = BRACED.matcher(location);
        while (braced.find()) {
            if (!braced.group().equals(VENDOR)) {
                problems.add(
                        key,
                        "has %s in it: only %s is allowed, which stands for postgresql or h2."
                                .formatted(Excerpt.value(braced.group()), VENDOR));
            }
        }
    }

    /**
     * The locations for one kind of database.
     *
     * @param vendor {@code postgresql} or {@code h2}
     */
    public List<String> migrations(String vendor) {
        return migrations.stream()
                .map(location -> location.replace(VENDOR, vendor))
                .toList();
    }
}
