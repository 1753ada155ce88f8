package dev.ringshard.status;

import java.util.List;

/**
 * A point that all shards of a cluster can be restored to together.
 *
 * @param name what {@code recovery_target_name} names
 * @param shards where the point is, in the order of the configuration
 * @param newcomers the configured databases that take no part in the cluster yet, and have no point
 */
public record BackupPoint(String name, List<OnShard> shards, List<String> newcomers) {
    public BackupPoint {
        shards = List.copyOf(shards);
        newcomers = List.copyOf(newcomers);
    }

    /**
     * The point on one shard.
     *
     * @param position in the log of its server, such as {@code 0/3000090}
     * @param logFile the file of the log that holds it, which has to be archived before anybody can restore to the point
     * @param isArchiving whether the server archives its log by itself ({@code archive_mode})
     * @param isSwitched whether the server was told to begin the next file, so that this one is archived at once
     */
    public record OnShard(String shard, String position, String logFile, boolean isArchiving, boolean isSwitched) {
        /** The same, where the server was told, or not. */
        public OnShard switched(boolean isSwitchedNow) {
            return new OnShard(shard, position, logFile, isArchiving, isSwitchedNow);
        }
    }
}
