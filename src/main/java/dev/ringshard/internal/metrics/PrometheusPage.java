package dev.ringshard.internal.metrics;

import dev.ringshard.metrics.RingshardMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/** A registry of its own, as Prometheus reads it. Thread-safe. */
public final class PrometheusPage implements AutoCloseable {
    /** What {@link #text()} is, as an HTTP header says it. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final RingshardMetrics metrics;

    /** Binds these figures. */
    public PrometheusPage(RingshardMetrics metrics) {
        this.metrics = metrics;
        metrics.bindTo(registry);
    }

    /** All figures as they are now. */
    public String text() {
        return registry.scrape(CONTENT_TYPE);
    }

    @Override
    public void close() {
        metrics.close();
        registry.close();
    }
}
