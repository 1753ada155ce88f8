package dev.ringshard.internal.artifacts;

import dev.ringshard.failure.ConfigurationException;
import java.util.Collection;
import java.util.List;

/**
 * A library that Ringshard needs for what only some applications do. No application inherits it: one that needs it depends
 * on it, and is told so where it is missing.
 */
public enum OptionalArtifact {
    POSTGRESQL("org.postgresql:postgresql", "org.postgresql.Driver", "shards on PostgreSQL are reached by it"),
    H2("com.h2database:h2", "org.h2.Driver", "shards on H2 are reached by it"),
    YAML(
            "com.fasterxml.jackson.dataformat:jackson-dataformat-yaml",
            "com.fasterxml.jackson.dataformat.yaml.YAMLFactory",
            "a configuration in YAML is read by it; one that is built in code needs none"),
    FLYWAY(
            "org.flywaydb:flyway-core",
            "org.flywaydb.core.Flyway",
            "init, and whatever lets a shard join, makes the tables by it"),
    FLYWAY_POSTGRESQL(
            "org.flywaydb:flyway-database-postgresql",
            "org.flywaydb.database.postgresql.PostgreSQLDatabaseType",
            "Flyway makes tables on PostgreSQL by it");

    private final String coordinates;
    private final String oneOfItsClasses;
    private final String need;

    OptionalArtifact(String coordinates, String oneOfItsClasses, String need) {
        this.coordinates = coordinates;
        this.oneOfItsClasses = oneOfItsClasses;
        this.need = need;
    }

    /**
     * To be asked before the first class is used that uses them.
     *
     * @throws ConfigurationException if any of them is not on the class path, naming each
     */
    public static void require(Collection<OptionalArtifact> needed) {
        List<String> problems = needed.stream()
                .distinct()
                .filter(artifact -> !artifact.isPresent())
                .map(OptionalArtifact::problem)
                .toList();
        if (!problems.isEmpty()) {
            throw new ConfigurationException("class path", problems);
        }
    }

    /** Whether it is on the class path. */
    public boolean isPresent() {
        try {
            Class.forName(oneOfItsClasses, false, OptionalArtifact.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError missing) {
            return false;
        }
    }

    private String problem() {
        return "%s is missing: %s. Add it to the application's dependencies.".formatted(coordinates, need);
    }
}
