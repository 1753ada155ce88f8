package dev.ringshard.internal.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.zip.CRC32;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;

/**
 * A script that comes with Ringshard, which goes to the database as it is, all of it at once. Flyway would cut it into statements, and
 * read each character several times for that.
 *
 * @param name as Flyway has it: {@code V1__what_it_makes.sql}
 */
record ScriptMigration(String name, String sql) implements JavaMigration {
    private static final String SEPARATOR = "__";

    /** @param resource the file on the class path */
    static ScriptMigration of(String resource) {
        ClassLoader loader = Objects.requireNonNull(ScriptMigration.class.getClassLoader());
        try (InputStream script = Objects.requireNonNull(loader.getResourceAsStream(resource), resource)) {
            String sql = new String(script.readAllBytes(), StandardCharsets.UTF_8);
            return new ScriptMigration(resource.substring(resource.lastIndexOf('/') + 1), sql);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public MigrationVersion getVersion() {
        return MigrationVersion.fromVersion(name.substring(1, name.indexOf(SEPARATOR)));
    }

    @Override
    public String getDescription() {
        return name.substring(name.indexOf(SEPARATOR) + SEPARATOR.length(), name.lastIndexOf('.'))
                .replace('_', ' ');
    }

    @Override
    public Integer getChecksum() {
        CRC32 checksum = new CRC32();
        checksum.update(sql.getBytes(StandardCharsets.UTF_8));
        return (int) checksum.getValue();
    }

    @Override
    public boolean canExecuteInTransaction() {
        return true;
    }

    @Override
    public void migrate(Context context) throws SQLException {
        try (Statement statement = context.getConnection().createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }
}
