package dev.ringshard.chaos;

import java.sql.SQLException;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Trouble with one shard's server. */
enum ServerFault implements Fault {
    SERVER_KILLED {
        @Override
        void strike(StagedShard shard, Stage stage, RandomGenerator random) {
            shard.server().kill();
            try {
                stage.lasts(Duration.ofMillis(random.nextLong(3_000)));
            } finally {
                shard.server().restart();
            }
        }
    },
    SESSIONS_TERMINATED {
        @Override
        void strike(StagedShard shard, Stage stage, RandomGenerator random) throws SQLException {
            shard.terminateSessions(random.nextInt(1, 10));
        }
    };

    abstract void strike(StagedShard shard, Stage stage, RandomGenerator random) throws SQLException;

    @Override
    public void strike(Stage stage, RandomGenerator random) throws SQLException {
        strike(stage.anyShard(random), stage, random);
    }
}
