package dev.ringshard.metrics;

import dev.ringshard.config.DatabaseKind;

class MetricsPostgresTest extends MetricsContract {
    MetricsPostgresTest() {
        super(DatabaseKind.POSTGRESQL);
    }
}
