package dev.ringshard.internal.tables;

/**
 * A column of a table.
 *
 * @param name in lower case
 * @param isGenerated whether the database computes it from other columns
 */
record Column(String name, ColumnType type, boolean isNullable, boolean isGenerated) {

    /** What has to be the same where its values are to fit. */
    String definition() {
        return type + (isNullable ? "" : " not null");
    }
}
