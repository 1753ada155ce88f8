package dev.ringshard.testing;

import java.math.BigDecimal;

/**
 * A row of {@code parcels}.
 *
 * @param postage with two decimals; the sum of the parcel's stamps
 * @param handled how often
 */
public record Parcel(String key, String label, BigDecimal postage, int handled) {
    /** To be created with one stamp of so much, or with none if that is nothing. */
    public static Parcel of(String key, String postage) {
        return new Parcel(key, "fragile", new BigDecimal(postage), 0);
    }

    /** Without stamps. */
    public static Parcel bare(String key) {
        return of(key, "0.00");
    }

    /** The same with another label. */
    public Parcel labelled(String other) {
        return new Parcel(key, other, postage, handled);
    }
}
