package dev.ringshard.config;

/**
 * A password that does not show itself: no text form contains it. Immutable.
 *
 * <p>It guards against logs and messages, not against someone who reads the memory of the process.
 */
public final class Password {
    /** No password: the database driver decides what to do without one, such as reading {@code ~/.pgpass}. */
    public static final Password NONE = new Password("");

    private final String secret;

    private Password(String secret) {
        this.secret = secret;
    }

    /** Hides a password, taken as it is; an empty one is {@link #NONE}. */
    public static Password of(String secret) {
        return secret.isEmpty() ? NONE : new Password(secret);
    }

    /** The password itself, for the database driver alone; empty if there is none. */
    public String reveal() {
        return secret;
    }

    /** Whether there is no password. */
    public boolean isNone() {
        return secret.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Password password && secret.equals(password.secret);
    }

    @Override
    public int hashCode() {
        return secret.hashCode();
    }

    /** Says only whether there is one. */
    @Override
    public String toString() {
        return isNone() ? "none" : "***";
    }
}
