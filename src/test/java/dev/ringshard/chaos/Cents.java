package dev.ringshard.chaos;

import java.math.BigDecimal;

/** Amounts as whole cents: a history has many, and they are compared and added all the time. */
final class Cents {
    private Cents() {}

    static long of(BigDecimal amount) {
        return amount.movePointRight(2).longValueExact();
    }

    static BigDecimal amount(long cents) {
        return BigDecimal.valueOf(cents, 2);
    }
}
