package dev.ringshard.failure;

import org.jspecify.annotations.Nullable;

/** A database is not the shard that the configuration takes it for: another cluster, name, hash, founding or schema. */
public final class ForeignShardException extends RingshardException {
    private static final long serialVersionUID = 1L;

    private final boolean concernsTables;

    public ForeignShardException(String message) {
        this(message, null);
    }

    public ForeignShardException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    private ForeignShardException(String message, @Nullable Throwable cause, boolean concernsTables) {
        super(Remedy.FIX_INPUT, message, cause);
        this.concernsTables = concernsTables;
    }

    /** It is the right database, and its sharded tables are not as they must be. */
    public static ForeignShardException ofTables(String message, @Nullable Throwable cause) {
        return new ForeignShardException(message, cause, true);
    }

    /** Whether the database is the right one, and its sharded tables are to be mended, or how they are configured. */
    public boolean concernsTables() {
        return concernsTables;
    }
}
