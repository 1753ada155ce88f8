package dev.ringshard.internal.tables;

import java.util.Locale;

/** A table, in the case of letters in which its database keeps names. */
public record TableName(String schema, String table) {

    /** As people write it. */
    @Override
    public String toString() {
        return (schema + "." + table).toLowerCase(Locale.ROOT);
    }
}
