package dev.ringshard.chaos;

import dev.ringshard.testing.JavaProcess;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Trouble with one client process. */
enum ClientFault implements Fault {
    CLIENT_KILLED {
        @Override
        void strike(JavaProcess client, Stage stage, RandomGenerator random) {
            client.kill();
        }
    },
    CLIENT_STOPPED {
        @Override
        void strike(JavaProcess client, Stage stage, RandomGenerator random) {
            client.stop();
            try {
                stage.lasts(Duration.ofMillis(random.nextLong(5_000)));
            } finally {
                client.resume();
            }
        }
    };

    abstract void strike(JavaProcess client, Stage stage, RandomGenerator random);

    /** A client that is gone is followed by another, so that there are always as many. */
    @Override
    public void strike(Stage stage, RandomGenerator random) {
        strike(stage.clients().any(random).process(), stage, random);
        stage.clients().replaceTheDead();
    }
}
