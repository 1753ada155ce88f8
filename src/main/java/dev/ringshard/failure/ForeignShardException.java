package dev.ringshard.failure;

import org.jspecify.annotations.Nullable;

/** A database is not the shard that the configuration takes it for: another cluster, name, hash, founding or schema. */
public final class ForeignShardException extends RingshardException {
    private static final long serialVersionUID = 1L;

    private final Misfit misfit;

    private enum Misfit {
        IDENTITY,
        TABLES,
        WITHOUT_INIT
    }

    public ForeignShardException(String message) {
        this(message, null);
    }

    public ForeignShardException(String message, @Nullable Throwable cause) {
        this(message, cause, Misfit.IDENTITY);
    }

    private ForeignShardException(String message, @Nullable Throwable cause, Misfit misfit) {
        super(Remedy.FIX_INPUT, message, cause);
        this.misfit = misfit;
    }

    /** It is the right database, and its sharded tables are not as they must be. */
    public static ForeignShardException ofTables(String message, @Nullable Throwable cause) {
        return new ForeignShardException(message, cause, Misfit.TABLES);
    }

    /** Nothing contradicts the configuration, and {@code init} has not run, or not to its end. */
    public static ForeignShardException withoutInit(String message) {
        return new ForeignShardException(message, null, Misfit.WITHOUT_INIT);
    }

    /** Whether the database is the right one, and its sharded tables are to be mended, or how they are configured. */
    public boolean concernsTables() {
        return misfit == Misfit.TABLES;
    }

    /** Whether {@code init} is all that is missing. */
    public boolean awaitsInit() {
        return misfit == Misfit.WITHOUT_INIT;
    }
}
