package dev.ringshard.bank;

import java.util.Comparator;

/** Compares customers as the shards sort them: by key, or by last name, first name and key; by Unicode code point. */
final class CodePoints {
    static final Comparator<Customer> BY_KEY = Comparator.comparing(Customer::key, CodePoints::compare);
    static final Comparator<Customer> BY_NAME = Comparator.comparing(Customer::lastName, CodePoints::compare)
            .thenComparing(Customer::firstName, CodePoints::compare)
            .thenComparing(Customer::key, CodePoints::compare);

    private CodePoints() {}

    /** Unlike {@link String#compareTo}, puts characters beyond U+FFFF last. */
    static int compare(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            if (a.charAt(i) != b.charAt(i)) {
                return Integer.compare(rank(a.charAt(i)), rank(b.charAt(i)));
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** Surrogates stand for code points above all others. */
    private static int rank(char unit) {
        return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
    }
}
