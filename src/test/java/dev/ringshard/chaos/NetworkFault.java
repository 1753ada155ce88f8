package dev.ringshard.chaos;

import dev.ringshard.testing.FaultProxy;
import dev.ringshard.testing.FaultProxy.Way;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Trouble between the clients and one shard. */
enum NetworkFault implements Fault {
    CONNECTIONS_CUT {
        @Override
        void begin(FaultProxy proxy, RandomGenerator random) {
            proxy.cut();
        }
    },
    CONNECTIONS_REFUSED {
        @Override
        void begin(FaultProxy proxy, RandomGenerator random) {
            proxy.refuse();
            proxy.cut();
        }
    },
    FROZEN_TO_SERVER {
        @Override
        void begin(FaultProxy proxy, RandomGenerator random) {
            proxy.freeze(Way.TO_SERVER);
        }
    },
    FROZEN_TO_CLIENT {
        @Override
        void begin(FaultProxy proxy, RandomGenerator random) {
            proxy.freeze(Way.TO_CLIENT);
        }
    },
    FROZEN_BOTH_WAYS {
        @Override
        void begin(FaultProxy proxy, RandomGenerator random) {
            proxy.freeze(Way.TO_SERVER);
            proxy.freeze(Way.TO_CLIENT);
        }
    },
    DELAYED {
        @Override
        void begin(FaultProxy proxy, RandomGenerator random) {
            proxy.delay(Duration.ofMillis(random.nextLong(1, 100)));
        }
    },
    COMMIT_ANSWERS_SWALLOWED {
        @Override
        void begin(FaultProxy proxy, RandomGenerator random) {
            proxy.swallowCommitAnswers(random.nextInt(1, 10));
        }
    };

    private static final long LONGEST_MILLIS = 5_000; // longer than the clients' socket-timeout

    abstract void begin(FaultProxy proxy, RandomGenerator random);

    @Override
    public void strike(Stage stage, RandomGenerator random) {
        FaultProxy proxy = stage.anyShard(random).proxy();
        try {
            begin(proxy, random);
            stage.lasts(Duration.ofMillis(random.nextLong(LONGEST_MILLIS)));
        } finally {
            proxy.heal();
        }
    }
}
