package dev.ringshard.internal.shard;

/**
 * The log that a database's server writes. On one line of history it never gets shorter, also in a crash, unless older files were
 * put back under the server.
 *
 * @param line the server, the database, and the line of the server's history: another one after the database was restored from a
 *     backup, or a standby took over
 * @param position the byte up to which the log is on disk; 0 where the database does not tell
 * @param started when the server was started, microseconds since 1970; 0 where that is not known
 */
public record ServerLog(String line, long position, long started) {
    /** How the line of a server ends that writes no log of its own. */
    private static final String STANDBY = "/standby";

    /** Of a database that tells nothing. */
    public static final ServerLog UNKNOWN = new ServerLog("unknown", 0);

    /** Of a server of which it is not known when it was started. */
    public ServerLog(String line, long position) {
        this(line, position, 0);
    }

    /** Whether both are on one line, and this one goes further. */
    public boolean isAheadOf(ServerLog other) {
        return line.equals(other.line) && position > other.position;
    }

    boolean isOfStandby() {
        return line.endsWith(STANDBY);
    }
}
