package dev.ringshard.internal.schema;

import dev.ringshard.config.DatabaseSource;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.shard.PostgresTools;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jooq.impl.DSL;

/**
 * Gives an empty database all that another one defines: tables, types, functions, triggers, rights; and the history of its
 * migrations. By pg_dump and psql, in one transaction, so that it happens whole or not at all. The rows of tables stay where they are.
 */
public final class SchemaCopy {
    /** What joining puts on by itself. In a dump each stands on a line of its own. */
    private static final Pattern OURS = Pattern.compile(
            "(CREATE (UNIQUE )?INDEX|CREATE TRIGGER) ringshard_.*;|ALTER TABLE .* TRIGGER ringshard_\\w+;");

    private SchemaCopy() {}

    /**
     * Copies the definitions.
     *
     * @param from that of the member
     * @param to that of the newcomer
     * @return whether it did; not where the newcomer has tables already, which are left as they are
     * @throws InvalidInputException if one of them is not given by a URL of PostgreSQL's; nothing was changed
     * @throws SqlFailedException if pg_dump or psql is not there, or fails; the newcomer has none of it
     */
    public static boolean copy(ShardConfig from, Shard member, ShardConfig to, Shard newcomer, String historyTable) {
        DatabaseSource.Jdbc source = jdbc(from);
        DatabaseSource.Jdbc target = jdbc(to);
        if (newcomer.snapshot(
                reading -> newcomer.dialect().definitions().orElseThrow().hasRelations(reading.dsl()))) {
            return false;
        }
        Migrations.migrate(newcomer); // a default or an index may use its functions
        try {
            Path dump = Files.createTempFile("ringshard-schema-", ".sql"); // for no other user to read
            Path filtered = Files.createTempFile("ringshard-schema-", ".sql");
            try {
                dump(source, member, historyTable, dump);
                filter(dump, filtered);
                PostgresTools.run(
                        target,
                        Path.of("/dev/null"),
                        List.of(
                                "psql",
                                "-X",
                                "-q",
                                "-v",
                                "ON_ERROR_STOP=1",
                                "--single-transaction",
                                "-f",
                                filtered.toString()));
            } finally {
                Files.delete(dump);
                Files.delete(filtered);
            }
        } catch (SqlFailedException failure) {
            throw new SqlFailedException(
                    "The schema of shard %s could not be given to %s: %s. Nothing of it is there. Mend the cause and repeat."
                            .formatted(from.name(), to.name(), failure.getMessage()),
                    failure);
        } catch (IOException failure) {
            throw new SqlFailedException(
                    "The schema of shard %s could not be written to a temporary file: %s. Nothing of it is on %s. Make room and repeat."
                            .formatted(from.name(), failure.getMessage(), to.name()),
                    failure);
        }
        return true;
    }

    private static DatabaseSource.Jdbc jdbc(ShardConfig shard) {
        return PostgresTools.reachable(shard).orElseThrow(() -> new InvalidInputException("""
                Shard %s is not a database of PostgreSQL's that is given by its url, so that pg_dump and psql cannot reach it. Nothing \
                was changed.""".formatted(shard.name())));
    }

    private static void dump(DatabaseSource.Jdbc source, Shard member, String historyTable, Path dump) {
        PostgresTools.run(
                source,
                dump,
                List.of(
                        "pg_dump",
                        "--schema-only",
                        "--exclude-schema=ringshard",
                        "--no-publications",
                        "--no-subscriptions"));
        Optional<String> history = member.snapshot(reading -> history(reading, historyTable));
        history.ifPresent(
                table -> PostgresTools.run(source, dump, List.of("pg_dump", "--data-only", "--table=" + table)));
    }

    /** What Flyway has run, so that it does not run it again; empty if there is none. */
    private static Optional<String> history(ShardTransaction reading, String table) throws SQLException {
        String schema = Objects.requireNonNull(reading.connection().getSchema());
        return reading.shard().dialect().catalog().hasTable(reading.dsl(), DSL.inline(schema), table)
                ? Optional.of("\"%s\".\"%s\"".formatted(schema, table))
                : Optional.empty();
    }

    private static void filter(Path dump, Path filtered) throws IOException {
        try (Stream<String> lines = Files.lines(dump, StandardCharsets.ISO_8859_1); // whatever the encoding is
                BufferedWriter writer = Files.newBufferedWriter(filtered, StandardCharsets.ISO_8859_1)) {
            for (String line : (Iterable<String>) lines::iterator) {
                if (!OURS.matcher(line).matches()) {
                    writer.write(line);
                    writer.write('\n');
                }
            }
        }
    }
}
