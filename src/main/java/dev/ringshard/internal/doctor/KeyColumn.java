package dev.ringshard.internal.doctor;

import dev.ringshard.internal.shard.FoundTable.ForeignKey;
import java.util.List;
import java.util.Optional;

/**
 * The column by which rows of a table belong to a key.
 *
 * @param type of its values
 * @param by the foreign key that says so, or by which a column that is still missing can be filled; of a column that is known
 *     by its name, one that leads to a sharded table, if there is any
 * @param others columns that refer to the key as well
 */
record KeyColumn(String name, String type, Evidence evidence, Optional<ForeignKey> by, List<String> others) {

    KeyColumn(String name, String type, Evidence evidence, Optional<ForeignKey> by) {
        this(name, type, evidence, by, List.of());
    }

    KeyColumn withOthers(List<String> alsoRefer) {
        return new KeyColumn(name, type, evidence, by, alsoRefer);
    }

    /** By what it was found to be the key column. */
    enum Evidence {
        /** It is the key itself. */
        KEY,
        /** The caller named it as a key column. */
        DECLARED,
        /** A foreign key refers to the key of another table by it. */
        REFERS,
        /** Its name is that of a key column of other tables. */
        NAMED,
        /** It is not there: rows belong to the key of the row that they refer to. */
        MISSING
    }

    /** Whether only its name tells, or other columns refer to the key as well. */
    boolean isDoubtful() {
        return (evidence == Evidence.NAMED && by.isEmpty()) || !others.isEmpty();
    }

    boolean isMissing() {
        return evidence == Evidence.MISSING;
    }
}
