package dev.ringshard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.spring.ShopApplication.Orders;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Applications that found their cluster as they start. */
abstract class StartingAtOnceContract {

    abstract DatabaseKind kind();

    @Test
    void two_instances_that_start_at_once_found_one_cluster() throws Exception {
        String[] properties = ShopApplication.properties(kind(), 2);
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            Future<SpringShop> starting = executor.submit(() -> SpringShop.start(properties));
            Future<SpringShop> startingToo = executor.submit(() -> SpringShop.start(properties));
            try (SpringShop one = starting.get();
                    SpringShop two = startingToo.get()) {
                UUID tenant = one.tenantOn("eu-2");
                assertThat(two.bean(Orders.class).count(tenant)).isZero();
                assertThat(two.ringshard().verify().isSound()).isTrue();
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
