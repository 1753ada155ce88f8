package dev.ringshard.internal.shard;

import dev.ringshard.status.BackupPoint;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Record;

/** The functions of PostgreSQL's for points that a server can be restored to. */
public record PostgresRestorePoints() {
    private static final String WRITE = "pg_catalog.pg_create_restore_point(text)";
    private static final String SWITCH = "pg_catalog.pg_switch_wal()";

    /** Why no point can be written there, as a sentence with what to do, with a place for the names of shards; empty if one can. */
    public Optional<String> obstacle(DSLContext dsl) {
        Record said = dsl.fetchSingle(
                "SELECT has_function_privilege('%s', 'EXECUTE'), current_setting('wal_level'), current_user"
                        .formatted(WRITE));
        String user = said.get(2, String.class);
        if (!said.get(0, Boolean.class)) {
            return Optional.of(
                    "On %%s the database user %s may not write a restore point: let a superuser run GRANT EXECUTE ON FUNCTION %s TO %s there, in the shard's database; roles.sql does that for the mover."
                            .formatted(user.replace("%", "%%"), WRITE, user.replace("%", "%%")));
        }
        return said.get(1, String.class).equals("minimal")
                ? Optional.of(
                        "The server of %s logs too little to be restored to a point: set wal_level = replica, and archive its log.")
                : Optional.empty();
    }

    /** Writes a point, at once and whatever becomes of the transaction. */
    public BackupPoint.OnShard write(DSLContext dsl, Shard shard, String name) {
        Record written = dsl.fetchSingle(
                "SELECT point::text, pg_walfile_name(point), current_setting('archive_mode') <> 'off' FROM pg_catalog.pg_create_restore_point(?) AS point",
                name);
        return new BackupPoint.OnShard(
                shard.name(),
                written.get(0, String.class),
                written.get(1, String.class),
                written.get(2, Boolean.class),
                false);
    }

    /** Begins the next file of the log, if the database user may, so that the one with the point is archived at once. */
    public boolean switchFile(DSLContext dsl) {
        return !dsl.fetch("SELECT %s WHERE has_function_privilege('%s', 'EXECUTE')".formatted(SWITCH, SWITCH))
                .isEmpty();
    }
}
