package dev.ringshard.internal.tables;

import java.util.Locale;
import java.util.Map;

/**
 * A column's type, in words that are the same on all databases for types whose values move between them.
 *
 * @param name one of the words here, or the database's own name for a type that only moves to the same kind of database
 * @param length of texts and bytes, or all digits of a number; {@link #NONE} where there is none or no limit
 * @param digits after the point, of a number or of a second
 */
record ColumnType(String name, int length, int digits) {
    static final int NONE = 0;
    static final ColumnType BIGINT = new ColumnType("bigint", NONE, NONE);

    /** What databases call no limit begins at a million. */
    private static final int UNLIMITED = 1_000_000;

    private static final Map<String, String> COMMON = Map.ofEntries(
            Map.entry("varchar", "text"),
            Map.entry("text", "text"),
            Map.entry("character varying", "text"),
            Map.entry("character large object", "text"),
            Map.entry("bpchar", "char"),
            Map.entry("character", "char"),
            Map.entry("bool", "boolean"),
            Map.entry("boolean", "boolean"),
            Map.entry("int2", "smallint"),
            Map.entry("smallserial", "smallint"),
            Map.entry("smallint", "smallint"),
            Map.entry("int4", "integer"),
            Map.entry("serial", "integer"),
            Map.entry("integer", "integer"),
            Map.entry("int8", "bigint"),
            Map.entry("bigserial", "bigint"),
            Map.entry("bigint", "bigint"),
            Map.entry("numeric", "numeric"),
            Map.entry("decimal", "numeric"),
            Map.entry("float4", "real"),
            Map.entry("real", "real"),
            Map.entry("float8", "double precision"),
            Map.entry("double precision", "double precision"),
            Map.entry("date", "date"),
            Map.entry("time", "time"),
            Map.entry("timetz", "time with time zone"),
            Map.entry("time with time zone", "time with time zone"),
            Map.entry("timestamp", "timestamp"),
            Map.entry("timestamptz", "timestamp with time zone"),
            Map.entry("timestamp with time zone", "timestamp with time zone"),
            Map.entry("bytea", "bytes"),
            Map.entry("binary varying", "bytes"),
            Map.entry("binary large object", "bytes"),
            Map.entry("uuid", "uuid"));

    /**
     * A type as a driver describes it.
     *
     * @param database its kind
     */
    static ColumnType of(String database, String typeName, int size, int digits) {
        String lower = typeName.toLowerCase(Locale.ROOT);
        String name = COMMON.getOrDefault(lower, lower + " of " + database);
        return switch (name) {
            case "text", "char", "bytes" -> new ColumnType(name, size < UNLIMITED ? size : NONE, NONE);
            case "numeric" -> new ColumnType(name, size, digits);
            case "time", "time with time zone", "timestamp", "timestamp with time zone" ->
                new ColumnType(name, NONE, digits);
            case "boolean", "smallint", "integer", "bigint", "real", "double precision", "date", "uuid" ->
                new ColumnType(name, NONE, NONE);
            default -> new ColumnType(name, size, digits);
        };
    }

    /** As in SQL. */
    @Override
    public String toString() {
        if (length == NONE && digits == NONE) {
            return name;
        }
        return digits == NONE
                ? "%s(%d)".formatted(name, length)
                : length == NONE ? "%s(%d)".formatted(name, digits) : "%s(%d,%d)".formatted(name, length, digits);
    }
}
