package dev.ringshard.chaos;

import dev.ringshard.bank.Account;
import java.time.Duration;

/** What a client asks for. */
sealed interface Operation {

    /**
     * A deposit, or a withdrawal if negative. Repeating it with the same id is an operation with equal values.
     *
     * @param isNoted whether it is a deposit with a note
     * @param held how long its transaction idles; only that of a deposit with a note does
     */
    record Post(String key, Account account, long cents, String id, boolean isNoted, Duration held)
            implements Operation {
        Post(String key, Account account, long cents, String id) {
            this(key, account, cents, id, false, Duration.ZERO);
        }

        boolean isHeld() {
            return !held.isZero();
        }
    }

    /**
     * A transfer between two customers, wherever they live. Repeating it with the same id is an operation with equal values.
     *
     * @param cents above zero
     */
    record Transfer(String from, Account fromAccount, String to, Account toAccount, long cents, String id)
            implements Operation {}

    /** One customer. */
    record Read(String key) implements Operation {}

    /** How many customers there are, and what they hold together. */
    record Total() implements Operation {}
}
