package dev.ringshard.spring;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A started {@link ShopApplication}. */
record SpringShop(ConfigurableApplicationContext context) implements AutoCloseable {

    static SpringShop start(DatabaseKind kind, int shards, String... more) {
        return start(Stream.concat(Stream.of(ShopApplication.properties(kind, shards)), Stream.of(more))
                .toArray(String[]::new));
    }

    static SpringShop start(String... properties) {
        return start(ShopApplication.class, properties);
    }

    static SpringShop start(Class<?> application, String... properties) {
        return new SpringShop(new SpringApplicationBuilder(application)
                .web(WebApplicationType.NONE)
                .properties("spring.main.banner-mode=off", "spring.main.log-startup-info=false")
                .run(Stream.of(properties).map(property -> "--" + property).toArray(String[]::new)));
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    Ringshard ringshard() {
        return bean(Ringshard.class);
    }

    /** A tenant that is founded on a shard. */
    UUID tenantOn(String shard) {
        UUID tenant = Stream.generate(UUID::randomUUID)
                .filter(isOn(shard))
                .findFirst()
                .orElseThrow();
        bean(ShopApplication.Orders.class).found(tenant, "Ada");
        return tenant;
    }

    private Predicate<UUID> isOn(String shard) {
        return tenant -> ringshard().router().locate(tenant).shard().equals(shard);
    }

    @Override
    public void close() {
        context.close();
    }
}
