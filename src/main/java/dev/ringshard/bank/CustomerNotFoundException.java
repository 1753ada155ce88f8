package dev.ringshard.bank;

import dev.ringshard.failure.Remedy;
import dev.ringshard.failure.RingshardException;
import org.jspecify.annotations.Nullable;

/** No customer has this key. Nothing was written. */
public final class CustomerNotFoundException extends RingshardException {
    private static final long serialVersionUID = 1L;

    public CustomerNotFoundException(String message) {
        this(message, null);
    }

    public CustomerNotFoundException(String message, @Nullable Throwable cause) {
        super(Remedy.FIX_INPUT, message, cause);
    }
}
