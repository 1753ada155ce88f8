package dev.ringshard.chaos;

import dev.ringshard.customers.Account;

/** What a client asks for. */
sealed interface Operation {

    /** A deposit, or a withdrawal if negative. Repeating it with the same id is an operation with equal values. */
    record Post(String key, Account account, long cents, String id) implements Operation {}

    /** One customer. */
    record Read(String key) implements Operation {}

    /** How many customers there are, and what they hold together. */
    record Total() implements Operation {}
}
