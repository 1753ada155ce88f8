package dev.ringshard.bank;

import dev.ringshard.failure.Remedy;
import dev.ringshard.failure.RingshardException;
import org.jspecify.annotations.Nullable;

/** A customer with this key exists already. Nothing was written. */
public final class CustomerExistsException extends RingshardException {
    private static final long serialVersionUID = 1L;

    public CustomerExistsException(String message) {
        this(message, null);
    }

    public CustomerExistsException(String message, @Nullable Throwable cause) {
        super(Remedy.FIX_INPUT, message, cause);
    }
}
