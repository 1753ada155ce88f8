package dev.ringshard.testing;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.ownership.MembershipTable;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * The databases of a cluster that is founded once in this JVM; whoever asks for them gets copies. Copies of one founding
 * know each other by the same database ids, so a test must not mix those of two clusters.
 */
final class FoundedDatabases {
    private static final Map<Founding, FoundedDatabases> FOUNDED = new ConcurrentHashMap<>();

    private final List<DatabaseKind> kinds;
    private final List<List<String>> tables;
    private @Nullable List<DatabaseTemplate> templates;

    /** @param config in which the databases stand for any of their kind */
    private record Founding(List<List<String>> tables, RingshardConfig config) {}

    private FoundedDatabases(List<DatabaseKind> kinds, List<List<String>> tables) {
        this.kinds = List.copyOf(kinds);
        this.tables = tables;
    }

    /**
     * @param kinds one for each shard
     * @param tables for each shard the statements that it has run before the founding
     * @param config the configuration of a cluster on such databases
     */
    static List<TestDatabase> copies(
            List<DatabaseKind> kinds, List<List<String>> tables, Function<List<TestDatabase>, RingshardConfig> config) {
        List<TestDatabase> standIns = IntStream.range(0, kinds.size())
                .mapToObj(i -> standIn(kinds.get(i), i))
                .toList();
        return FOUNDED
                .computeIfAbsent(
                        new Founding(tables, config.apply(standIns)), founding -> new FoundedDatabases(kinds, tables))
                .templates(config)
                .stream()
                .map(DatabaseTemplate::copy)
                .toList();
    }

    private static TestDatabase standIn(DatabaseKind kind, int number) {
        return switch (kind) {
            case POSTGRESQL -> new TestDatabase("jdbc:postgresql://localhost/stand_in_" + number, "nobody", "");
            case H2 -> new TestDatabase("jdbc:h2:mem:stand-in-" + number + ";DB_CLOSE_DELAY=-1", "nobody", "");
        };
    }

    private synchronized List<DatabaseTemplate> templates(Function<List<TestDatabase>, RingshardConfig> config) {
        List<DatabaseTemplate> known = templates;
        if (known == null) {
            known = found(config);
            templates = known;
        }
        return known;
    }

    private List<DatabaseTemplate> found(Function<List<TestDatabase>, RingshardConfig> config) {
        List<TestDatabase> databases = kinds.stream().map(TestCluster::database).toList();
        for (int i = 0; i < databases.size(); i++) {
            databases.get(i).executeAll(tables.get(i));
        }
        Ringshard.init(config.apply(databases));
        return IntStream.range(0, databases.size())
                .mapToObj(i -> template(kinds.get(i), databases.get(i)))
                .toList();
    }

    /** What was copied counts as restored, until that is accepted. */
    private static TestDatabase taken(TestDatabase copy) {
        try {
            KeptSessions.in(copy, statement -> {
                MembershipTable.storeIncarnation(DSL.using(statement.getConnection(), SQLDialect.POSTGRES));
                return copy;
            });
            return copy;
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static DatabaseTemplate template(DatabaseKind kind, TestDatabase database) {
        return switch (kind) {
            case POSTGRESQL -> {
                DatabaseTemplate template = PostgresServer.shared().template(database);
                yield () -> taken(template.copy());
            }
            case H2 -> H2Database.template(database);
        };
    }
}
