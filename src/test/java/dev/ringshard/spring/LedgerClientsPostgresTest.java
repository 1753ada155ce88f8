package dev.ringshard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.spring.LedgerApplication.Account;
import dev.ringshard.spring.LedgerApplication.JpaLedger;
import dev.ringshard.status.PoolState;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.OptimisticLockException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.orm.jpa.support.OpenEntityManagerInViewInterceptor;
import org.springframework.web.context.request.ServletWebRequest;

/**
 * JPA, JdbcTemplate, Spring Data JDBC, MyBatis and jOOQ, as an application has them. Not shown: what a mover that dies does to them,
 * and caches beyond a session.
 */
class LedgerClientsPostgresTest {
    private static final int ACCOUNTS = 12;

    @SuppressWarnings("NullAway.Init")
    private static SpringShop app;

    @SuppressWarnings("NullAway.Init")
    private static ShardConfig third;

    @BeforeAll
    static void start() {
        app = SpringShop.start(LedgerApplication.class, properties());
        third = TestCluster.shard("eu-3", TestCluster.database(DatabaseKind.POSTGRESQL));
    }

    /** Of two shards. */
    static String[] properties() {
        List<String> properties = new ArrayList<>(List.of(
                "ringshard.cluster=ledger",
                "ringshard.bank=false",
                "ringshard.init=true",
                "ringshard.tables.sharded[0].name=accounts",
                "ringshard.tables.sharded[0].key=id",
                "ringshard.tables.sharded[1].name=entries",
                "ringshard.tables.sharded[1].key=account_id",
                "ringshard.tables.sharded[2].name=parts",
                "ringshard.tables.sharded[2].key=account_id",
                "ringshard.tables.migrations=classpath:ledger",
                "spring.jpa.properties.hibernate.jdbc.batch_size=10",
                "spring.jpa.open-in-view=true"));
        for (int i = 0; i < 2; i++) {
            TestDatabase database = TestCluster.database(DatabaseKind.POSTGRESQL);
            String shard = "ringshard.shards[%d].".formatted(i);
            properties.add(shard + "name=eu-" + (i + 1));
            properties.add(shard + "url=" + database.url());
            properties.add(shard + "user=" + database.user());
            properties.add(shard + "password=" + database.password());
        }
        return properties.toArray(String[]::new);
    }

    @AfterAll
    static void close() {
        try (SpringShop closing = app) {
            assertThat(closing.ringshard().connections())
                    .as("connections on loan")
                    .allSatisfy(shard ->
                            assertThat(shard.pool().map(PoolState::active)).contains(0));
            assertThat(closing.ringshard().verify().isSound()).isTrue();
        }
    }

    /** In one application and one join, because both take their time; what each has done is counted by itself. */
    @Test
    void no_client_fails_or_loses_anything_while_a_shard_joins() throws Exception {
        Ringshard ringshard = app.ringshard();
        Map<String, LedgerClient> clients = app.context().getBeansOfType(LedgerClient.class);
        assertThat(clients).hasSize(5);
        ExecutorService executor = Executors.newFixedThreadPool(clients.size());
        try {
            AtomicBoolean isDone = new AtomicBoolean();
            Map<String, Future<Integer>> entered = new LinkedHashMap<>();
            clients.forEach((name, client) -> {
                List<UUID> accounts =
                        Stream.generate(UUID::randomUUID).limit(ACCOUNTS).toList();
                accounts.forEach(client::open);
                entered.put(name, executor.submit(() -> enter(client, accounts, isDone)));
            });

            long moved = ringshard.addShard(third).movedRows();
            isDone.set(true);

            assertThat(moved).isPositive();
            for (Map.Entry<String, Future<Integer>> one : entered.entrySet()) {
                assertThat(one.getValue().get()).as(one.getKey()).isGreaterThan(ACCOUNTS);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    /** Adds to each account in turn, and reads after each that nothing is missing. */
    private static int enter(LedgerClient client, List<UUID> accounts, AtomicBoolean isDone) {
        int entered = 0;
        for (int round = 1; round <= 2 || !isDone.get(); round++) {
            for (UUID account : accounts) {
                client.enter(account, "entry " + round);
                entered++;
                assertThat(client.entries(account)).isEqualTo(round);
            }
        }
        return entered;
    }

    @Test
    void a_version_that_was_overtaken_is_refused_as_ever() {
        JpaLedger ledger = app.bean(JpaLedger.class);
        UUID account = UUID.randomUUID();
        ledger.open(account);
        Account seen = ledger.seen(account);
        ledger.enter(account, "meanwhile");
        seen.entries = 100;

        assertThatThrownBy(() -> ledger.replace(seen)).isInstanceOf(OptimisticLockException.class);
        assertThat(ledger.locked(account).entries).isEqualTo(1);
    }

    /** A view that is rendered after the transaction reads where the key of the request lives. */
    @Test
    void a_session_that_stays_open_for_the_view_is_of_the_key_of_its_request_and_of_no_other() throws Exception {
        JpaLedger ledger = app.bean(JpaLedger.class);
        UUID account = UUID.randomUUID();
        UUID another = UUID.randomUUID();
        ledger.open(account);
        ledger.open(another);
        OpenEntityManagerInViewInterceptor view = new OpenEntityManagerInViewInterceptor();
        view.setEntityManagerFactory(app.bean(EntityManagerFactory.class));
        ShardKeyFilter filter = new ShardKeyFilter(request -> Optional.of(account));
        FilterChain handling = (request, answer) -> {
            ServletWebRequest web = new ServletWebRequest((HttpServletRequest) request);
            view.preHandle(web);
            try {
                ledger.enter(account, "before the view");
                assertThat(ledger.entriesInView(account)).isEqualTo(1);
                assertThatThrownBy(() -> ledger.enter(another, "of another key"))
                        .hasStackTraceContaining("The thread works for another key now");
            } finally {
                view.afterCompletion(web, null);
            }
        };

        filter.doFilter(new MockHttpServletRequest(), new MockHttpServletResponse(), handling);

        assertThat(ledger.entries(account)).isEqualTo(1);
        assertThat(ledger.entries(another)).isZero();
    }
}
