package dev.ringshard.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sharded tables of the application's own, beside {@code customers} and {@code account_entries}, which are always there.
 * Immutable.
 *
 * @param names a table that others refer to by foreign keys stands before them; each once, and without Ringshard's own
 *     two; default none
 * @param migrations where Flyway finds the migrations that make these tables: {@code classpath:…} or
 *     {@code filesystem:…}, in which <code>{vendor}</code> stands for {@code postgresql} or {@code h2}; default none,
 *     for tables that are made in another way
 */
public record TablesConfig(List<ShardedTable> names, List<String> migrations) {
    private static final List<ShardedTable> OWN =
            List.of(new ShardedTable("customers"), new ShardedTable("account_entries"));

    private static final List<String> SCHEMES = List.of("classpath", "filesystem");
    private static final String ALLOWED_LOCATION =
            "a location that begins with classpath: or filesystem: is allowed, such as filesystem:db/migration.";
    private static final String VENDOR = "{vendor}";
    private static final Pattern BRACED = Pattern.compile("\\{[^{}]*}");

    /** No tables beside Ringshard's own. */
    public static final TablesConfig NONE = new TablesConfig(List.of(), List.of());

    /**
     * Checks the names against each other, and the locations.
     *
     * @throws dev.ringshard.failure.ConfigurationException if any of this does not hold, with all that is wrong
     */
    public TablesConfig {
        names = List.copyOf(names);
        migrations = List.copyOf(migrations);
        ProblemList problems = new ProblemList();
        checkNames(
                problems, keyed("names", names.stream().map(ShardedTable::name).toList()));
        checkMigrations(problems, keyed("migrations", migrations));
        problems.throwIfAny("tables");
    }

    private static Map<String, String> keyed(String key, List<String> values) {
        Map<String, String> keyed = new LinkedHashMap<>();
        values.forEach(value -> keyed.put("%s[%d]".formatted(key, keyed.size()), value));
        return keyed;
    }

    /** @param names each by its key, in the order of the configuration */
    static void checkNames(Problems problems, Map<String, String> names) {
        Map<String, String> keyByName = new LinkedHashMap<>();
        names.forEach((key, name) -> {
            ShardedTable.check(problems, key, name);
            String plain = name.toLowerCase(Locale.ROOT);
            if (OWN.stream().anyMatch(own -> own.name().equals(plain))) {
                problems.add(
                        key,
                        "is %s, which is Ringshard's own, always there and before all others: leave it out."
                                .formatted(Shown.value(name)));
            }
            addTwice(problems, key, name, Optional.ofNullable(keyByName.putIfAbsent(plain, key)));
        });
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
                other -> problems.add(key, "is %s, as is %s: give it once.".formatted(Shown.value(value), other)));
    }

    private static void checkLocation(Problems problems, String key, String location) {
        String scheme = location.substring(0, Math.max(0, location.indexOf(':')));
        if (!SCHEMES.contains(scheme)) {
            problems.add(
                    key,
                    "is %s: %s"
                            .formatted(
                                    Shown.value(location),
                                    NearestName.to(scheme, SCHEMES)
                                            .map("did you mean '%s:'?"::formatted)
                                            .orElse(ALLOWED_LOCATION)));
        } else if (location.length() == scheme.length() + 1) {
            problems.add(key, "is %s, which names no place: %s".formatted(Shown.value(location), ALLOWED_LOCATION));
        }
        Matcher braced = BRACED.matcher(location);
        while (braced.find()) {
            if (!braced.group().equals(VENDOR)) {
                problems.add(
                        key,
                        "has %s in it: only %s is allowed, which stands for postgresql or h2."
                                .formatted(Shown.value(braced.group()), VENDOR));
            }
        }
    }

    /** All sharded tables, Ringshard's own first; a table that others refer to stands before them. */
    public List<ShardedTable> sharded() {
        List<ShardedTable> sharded = new ArrayList<>(OWN);
        sharded.addAll(names);
        return List.copyOf(sharded);
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
