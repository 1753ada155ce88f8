package dev.ringshard.testing;

import java.math.BigDecimal;

/**
 * A row of {@code parcels}.
 *
 * @param postage with two decimals; the sum of the parcel's stamps
 */
public record Parcel(String key, String label, BigDecimal postage) {
    /** To be created with one stamp of so much, or with none if that is nothing. */
    public static Parcel of(String key, String postage) {
        return new Parcel(key, "fragile", new BigDecimal(postage));
    }

    /** Without stamps. */
    public static Parcel bare(String key) {
        return of(key, "0.00");
    }

    public Parcel labelled(String other) {
        return new Parcel(key, other, postage);
    }
}
