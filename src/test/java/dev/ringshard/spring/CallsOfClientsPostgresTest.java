package dev.ringshard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * What JPA, JdbcTemplate, Spring Data JDBC, MyBatis and jOOQ call of JDBC. The rest of its interfaces is tested beside the driver's
 * own answers, method by method: {@code WholeInterfacePostgresTest}.
 */
class CallsOfClientsPostgresTest {

    /** The application, with a data source of its own, which records. */
    @Configuration(proxyBeanMethods = false)
    @Import(LedgerApplication.class)
    static class RecordedLedger {
        @Bean
        RecordedCalls recordedCalls() {
            return new RecordedCalls();
        }

        @Bean
        DataSource dataSource(Ringshard ringshard, RecordedCalls calls) {
            return calls.of(ringshard.dataSource());
        }
    }

    @Test
    void what_clients_call_is_answered_and_is_the_smaller_part_of_jdbc() {
        try (SpringShop app = SpringShop.start(RecordedLedger.class, LedgerClientsPostgresTest.properties())) {
            Map<String, LedgerClient> clients = app.context().getBeansOfType(LedgerClient.class);
            clients.values().forEach(client -> {
                UUID account = UUID.randomUUID();
                client.open(account);
                client.enter(account, "entry");
                assertThat(client.entries(account)).isEqualTo(1);
            });
            RecordedCalls calls = app.bean(RecordedCalls.class);

            assertThat(calls.of(Connection.class))
                    .contains("commit", "setAutoCommit", "setReadOnly", "prepareStatement", "getMetaData");
            assertThat(calls.of(PreparedStatement.class))
                    .contains("executeQuery", "executeUpdate", "executeBatch", "getGeneratedKeys");
            assertThat(calls.of(ResultSet.class)).contains("next", "getObject", "wasNull");
            assertThat(calls.refusedButOfClosed()).isEmpty();
            for (Class<?> type : List.of(Connection.class, PreparedStatement.class, ResultSet.class)) {
                assertThat(calls.rest(type))
                        .as(type.getSimpleName())
                        .hasSizeGreaterThan(calls.of(type).size());
            }
        }
    }
}
