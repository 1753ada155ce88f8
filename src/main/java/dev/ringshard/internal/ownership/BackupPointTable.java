package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.BACKUP_POINT;

import java.time.OffsetDateTime;
import java.util.Optional;
import org.jooq.DSLContext;

/** The SQL of {@code ringshard.backup_point}: the names of points that are used. Every method runs in the caller's transaction. */
public final class BackupPointTable {
    private BackupPointTable() {}

    /** When a name was used; empty if it was not. */
    public static Optional<OffsetDateTime> find(DSLContext dsl, String name) {
        return dsl.select(BACKUP_POINT.NAMED_AT)
                .from(BACKUP_POINT)
                .where(BACKUP_POINT.POINT_NAME.eq(name))
                .fetchOptional(BACKUP_POINT.NAMED_AT);
    }

    /** Forgets that a name was used, where no point was written; false if it was not. */
    public static boolean giveBack(DSLContext dsl, String name) {
        return dsl.deleteFrom(BACKUP_POINT)
                        .where(BACKUP_POINT.POINT_NAME.eq(name))
                        .execute()
                == 1;
    }

    /** Uses a name; false if it was used before. */
    public static boolean use(DSLContext dsl, String name) {
        return dsl.insertInto(BACKUP_POINT)
                        .set(BACKUP_POINT.POINT_NAME, name)
                        .onConflictDoNothing()
                        .execute()
                == 1;
    }
}
