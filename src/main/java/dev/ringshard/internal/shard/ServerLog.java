package dev.ringshard.internal.shard;

/**
 * The log that a database's server writes. On one line of history it never gets shorter, also in a crash, unless older files were
 * put back under the server.
 *
 * @param line the server and the line of its history: another one after it was restored from a backup, or a standby took over
 * @param position the byte up to which the log is on disk; 0 where the database does not tell
 */
public record ServerLog(String line, long position) {
    /** How the line of a server ends that writes no log of its own. */
    private static final String STANDBY = "/standby";

    /** Of a database that tells nothing. */
    public static final ServerLog UNKNOWN = new ServerLog("unknown", 0);

    /** Whether both are on one line, and this one goes further. */
    public boolean isAheadOf(ServerLog other) {
        return line.equals(other.line) && position > other.position;
    }

    boolean isOfStandby() {
        return line.endsWith(STANDBY);
    }
}
