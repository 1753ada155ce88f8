package dev.ringshard.cli;

import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a cluster is shown.
 *
 * @param isLocal whether only this machine reaches it
 */
record ServeReport(String cluster, InetSocketAddress address, boolean isLocal) implements Report {

    @Override
    public List<String> lines(ScreenStyle style) {
        List<String> lines = new ArrayList<>();
        lines.add(style.strong("Cluster " + cluster) + " is shown at " + style.strong(url() + "/"));
        lines.add("");
        lines.add("  for Prometheus  " + url() + "/metrics");
        lines.add("  for health      " + url() + "/health");
        lines.add("");
        if (!isLocal) {
            lines.add(style.bad("Whoever reaches this address may read all of it; there is no password."));
        }
        lines.add("It only looks, and changes nothing. Ctrl-C ends it.");
        return lines;
    }

    private String url() {
        String host = address.getAddress().getHostAddress();
        return "http://%s:%d"
                .formatted(address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host, address.getPort());
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with("cluster", cluster)
                .with("url", url() + "/")
                .with("metrics", url() + "/metrics")
                .with("health", url() + "/health")
                .with("local", isLocal);
    }
}
