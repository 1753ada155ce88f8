package dev.ringshard.internal.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.rebalance.RebalanceSettings;
import dev.ringshard.rebalance.RebalanceWatch;
import dev.ringshard.rebalance.Rebalancing;
import dev.ringshard.rebalance.WatchSettings;
import dev.ringshard.testing.Browser;
import dev.ringshard.testing.FaultProxy;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a browser makes of the page, after its JavaScript has run: {@code ./mvnw verify -Pbrowser}. Leaves pictures in
 * {@code target/browser}. Does not show that the page is beautiful: look at them.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PageBrowserIT {
    private static final Path PICTURES = Path.of("target", "browser");
    private static final int DESKTOP = 1280;
    private static final int PHONE = 360;

    private static final String LEFT_BEHIND = """
            INSERT INTO ringshard.rebalance_watch VALUES
            ('a', 'db-tools-1.example.com (process 4711)', 'EVEN', 1,
             'The fullest shard holds 1.02 of its fair share, and rows move from 1.10 on.',
             now() - interval '3 days', now() - interval '2 days', now() - interval '7 min', now() - interval '5 min'),
            ('b', 'db-tools-2.example.com (process 4712)', 'STOPPED', 1.4,
             'Rows have moved, and the fullest shard holds 1.40 of its fair share, as before. Nothing more is moved, and all keys are \
            served where they are. See what plan says, and start the watch again.',
             now() - interval '3 days', now() - interval '2 hours', now() - interval '2 hours', now() - interval '2 hours')""";

    @TempDir
    Path directory = Path.of("");

    @TempDir
    Path profile = Path.of("");

    @Test
    void the_page_shows_a_rebalance_of_somebody_else_from_before_its_begin_to_after_its_end() throws Exception {
        try (ServedCluster served = ServedCluster.of(directory, DatabaseKind.POSTGRESQL, 3, 24_000);
                Browser browser = Browser.open(profile)) {
            browser.lookAs(DESKTOP, 900, false);
            browser.show(served.uri("/"));

            eventually(() -> browser.text("#notices").contains("All is well"));
            eventually(() -> browser.text("#ring").contains("24,000"));
            assertThat(browser.text("#cluster")).isEqualTo("Cluster parcels");
            assertThat(owners(browser)).isEqualTo(3);
            assertThat(browser.text("#quiet")).startsWith("Nothing has moved since this server began to watch.");
            pictures(browser, "idle");

            served.configure(TestCluster.database(DatabaseKind.POSTGRESQL).yaml("eu-4"));
            eventually(() -> browser.text("[data-shard=eu-4] .badge").equals("new"));
            assertThat(browser.text("#notices")).contains("eu-4 is new", "ringshard plan --config cluster.yaml");
            pictures(browser, "new-shard");

            try (Ringshard elsewhere = served.openElsewhere()) {
                RebalanceSettings gentle = RebalanceSettings.DEFAULT
                        .withParallel(4)
                        .withRowsPerSecond(1_200)
                        .withChunkRows(200);
                Rebalancing running =
                        elsewhere.rebalancer().start(elsewhere.rebalancer().plan(), gentle, now -> {});
                eventually(() -> running.progress().doneShare() > 0.55);

                eventually(() -> browser.text("#notices").contains("Rows are moving"));
                eventually(() -> owners(browser) == 4);
                assertThat(browser.run("return document.querySelectorAll('path.pending.active').length")
                                .asInt())
                        .isPositive();
                assertThat(done(browser)).isBetween(1.0, 99.0);
                assertThat(browser.text("#figures"))
                        .contains("Rows moved", "99 of 100 below", "ms", "Time left, about");
                assertThat(browser.run("return document.querySelectorAll('#chart-rows path.curve').length")
                                .asInt())
                        .isEqualTo(1);
                assertThat(browser.text("#ring"))
                        .as("what moves is not counted twice")
                        .contains("24,000");
                assertThat(browser.text("[data-shard=eu-4] .rows")).startsWith("about ");
                pictures(browser, "moving");

                running.await();
            }

            eventually(() -> browser.text("#notices").contains("All is well"));
            assertThat(browser.text("#quiet")).startsWith("Nothing moves now.");
            assertThat(browser.text("[data-shard=eu-4] .facts")).contains("25.0 % of the ring");
            eventually(() -> browser.text("#ring").contains("24,000"));
            pictures(browser, "settled");
            assertNothingForeign(browser, served);
        }
    }

    @Test
    void the_page_says_which_shard_is_down_and_why_and_when_the_server_has_gone() throws Exception {
        TestDatabase second = PostgresServer.shared().createDatabase();
        try (FaultProxy proxy = FaultProxy.before(second);
                ServedCluster served = ServedCluster.of(
                        directory,
                        List.of(
                                TestCluster.database(DatabaseKind.POSTGRESQL).yaml("eu-1"),
                                TestCluster.database(DatabaseKind.POSTGRESQL).yaml("eu-2"),
                                proxy.database().yaml("eu-3")),
                        2_000);
                Browser browser = Browser.open(profile)) {
            browser.lookAs(DESKTOP, 900, false);
            browser.show(served.uri("/"));
            eventually(() -> browser.text("#ring").contains("2,000"));

            proxy.refuse();
            proxy.cut();
            eventually(() -> browser.text("[data-shard=eu-3] .badge").equals("down"));
            assertThat(browser.text("#notices")).contains("1 of 3 shards is down: eu-3.");
            eventually(() -> browser.text("[data-shard=eu-3] .problem").contains("Shard eu-3 cannot be reached"));
            assertThat(browser.text("[data-shard=eu-3] .problem")).startsWith("Since ");
            assertThat(browser.text("[data-shard=eu-1] .badge")).isEqualTo("up");
            assertThat(owners(browser)).as("what it owned is not forgotten").isEqualTo(3);
            pictures(browser, "down");
            assertNothingForeign(browser, served);

            served.server().close();
            eventually(() -> browser.text("#away").contains("The server has no news."));
            pictures(browser, "away");
        }
    }

    @Test
    void the_page_says_who_watches_what_it_decided_and_when_it_has_stopped_or_fallen_silent() throws Exception {
        TestDatabase first = PostgresServer.shared().createDatabase();
        List<String> lines = List.of(
                first.yaml("eu-1"),
                TestCluster.database(DatabaseKind.POSTGRESQL).yaml("eu-2"));
        try (ServedCluster served = ServedCluster.of(directory, lines, 500);
                Browser browser = Browser.open(profile)) {
            browser.lookAs(DESKTOP, 900, false);
            browser.show(served.uri("/"));
            eventually(() -> browser.text("#notices").contains("All is well"));
            assertThat(browser.run("return document.getElementById('watches').hidden")
                            .asBoolean())
                    .isTrue();

            WatchSettings hourly = WatchSettings.DEFAULT.withThreshold(1.5).withEvery(Duration.ofHours(1));
            try (Ringshard elsewhere = served.openElsewhere();
                    RebalanceWatch watch = elsewhere.rebalancer().watch(hourly)) {
                eventually(() -> browser.text("#watches").contains("even for"));
                assertThat(browser.text("#watches"))
                        .contains("Watched by ", "(process ", ", last look ", " ago.", "The fullest shard holds ");
                assertThat(browser.text("#notices")).contains("All is well");
                assertThat(watch.isDone()).isFalse();
                pictures(browser, "watched");
            }
            eventually(() -> browser.run("return document.getElementById('watches').hidden")
                    .asBoolean());

            try (Connection connection = first.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute(LEFT_BEHIND);
            }
            eventually(() -> browser.text("#notices").contains("db-tools-2.example.com (process 4712) has stopped"));
            assertThat(browser.text("#notices"))
                    .contains(
                            "db-tools-1.example.com (process 4711) is silent for 5 min",
                            "ringshard verify --config cluster.yaml");
            assertThat(browser.text("#watches"))
                    .contains("stopped 2 h 00 min ago", "silent for 5 min, before that even");
            pictures(browser, "watch-stopped");
            assertNothingForeign(browser, served);
        }
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(100))
                .until(condition);
    }

    private static int owners(Browser browser) throws IOException, InterruptedException {
        return browser.run("return document.querySelectorAll('path[data-owner]').length")
                .asInt();
    }

    private static double done(Browser browser) throws IOException, InterruptedException {
        return browser.run("return document.getElementById('bar').getAttribute('aria-valuenow')")
                .asDouble();
    }

    private static void pictures(Browser browser, String name) throws IOException, InterruptedException {
        browser.picture(PICTURES.resolve(name + ".png"));
        browser.lookAs(DESKTOP, 900, true);
        browser.picture(PICTURES.resolve(name + "-dark.png"));
        browser.lookAs(PHONE, 740, false);
        assertThat(browser.run("return document.documentElement.scrollWidth").asInt())
                .as("width that a phone has to scroll through")
                .isLessThanOrEqualTo(PHONE);
        browser.picture(PICTURES.resolve(name + "-phone.png"));
        browser.lookAs(DESKTOP, 900, false);
    }

    /** Nothing was loaded from elsewhere, and the page broke none of the rules that the server sets it. */
    private static void assertNothingForeign(Browser browser, ServedCluster served) throws Exception {
        JsonNode loaded = browser.run("return performance.getEntriesByType('resource').map(entry => entry.name)");
        assertThat(loaded).isNotEmpty().allSatisfy(address -> assertThat(address.asText())
                .startsWith(served.uri("/").toString()));
        assertThat(browser.complaints()).isEmpty();
    }
}
