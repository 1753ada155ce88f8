package dev.ringshard.metrics;

import dev.ringshard.config.DatabaseKind;

class MetricsH2Test extends MetricsContract {
    MetricsH2Test() {
        super(DatabaseKind.H2);
    }
}
