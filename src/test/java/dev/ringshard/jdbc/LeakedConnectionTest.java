package dev.ringshard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

/** A transaction that nobody ends is told of, where a pool is to look for such. */
@Isolated("an application of Spring Boot's that starts beside it takes the log away")
class LeakedConnectionTest extends JdbcCluster {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }

    private RingshardConfig looking() {
        List<ShardConfig> shards = config.shards().stream()
                .map(shard -> shard.withPool(shard.pool().withLeakDetection(Duration.ofSeconds(2))))
                .toList();
        RingshardConfig looking = config;
        for (ShardConfig shard : shards) {
            looking = looking.withoutShard(shard.name()).withShard(shard);
        }
        return looking;
    }

    @Test
    void a_transaction_that_nobody_ends_is_told_of_with_the_place_that_began_it() throws Exception {
        String key = parcelOn("eu-1");
        Warnings warnings = new Warnings();
        Logger pools = (Logger) LoggerFactory.getLogger("com.zaxxer.hikari.pool.ProxyLeakTask");
        warnings.start();
        pools.addAppender(warnings);
        try (Ringshard found = Ringshard.open(looking());
                Connection forgotten =
                        ShardKey.with(key, () -> found.dataSource().getConnection())) {
            forgotten.setAutoCommit(false);
            label(forgotten, key);

            ILoggingEvent warning = warnings.told.poll(20, TimeUnit.SECONDS);
            assertThat(warning).isNotNull();
            assertThat(warning.getFormattedMessage()).contains("leak");
            assertThat(Stream.of(warning.getThrowableProxy().getStackTraceElementProxyArray()))
                    .anyMatch(element -> element.getSTEAsString().contains("LeakedConnectionTest"));
        } finally {
            pools.detachAppender(warnings);
        }
    }

    private static final class Warnings extends AppenderBase<ILoggingEvent> {
        private final BlockingQueue<ILoggingEvent> told = new LinkedBlockingQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            told.add(event);
        }
    }
}
