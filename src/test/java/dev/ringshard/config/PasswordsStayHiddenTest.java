package dev.ringshard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Looks for one password in every text form; it cannot show that the drivers and the pool hide it as well. */
class PasswordsStayHiddenTest {
    private static final String SECRET = "hunter2";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db/bank?user=bank&password=hunter2",
                "jdbc:postgresql://db/bank?password=hunter2&ssl=true",
                "jdbc:postgresql://db/bank?sslpassword=hunter2",
                "jdbc:postgresql://db/bank?password=x&password=hunter2",
                "jdbc:h2:./1;USER=sa;PASSWORD=hunter2;MODE=PostgreSQL",
                "jdbc:h2:./1;user=sa;password=hunter2",
                "jdbc:h2:./1;INIT=CREATE USER x PASSWORD 'hunter2'\\;SELECT 1;MODE=PostgreSQL",
            })
    void no_text_form_of_a_configuration_shows_a_password_inside_the_url(String url) {
        ShardConfig shard = ShardConfig.of("eu-1", url, "", "");
        RingshardConfig config = RingshardConfig.builder("bank").shard(shard).build();

        assertThat(config.toString()).contains("eu-1").doesNotContain(SECRET);
        assertThat(shard.source().toString()).doesNotContain(SECRET);
        assertThat(shard.source().describe()).startsWith("jdbc:").doesNotContain(SECRET);
    }

    @Test
    void no_text_form_of_a_configuration_shows_a_password_beside_the_url() {
        ShardConfig shard = ShardConfig.of("eu-1", "jdbc:postgresql://db/bank", "bank", SECRET);

        assertThat(shard)
                .hasToString("ShardConfig[name=eu-1, weight=1.0, source=Jdbc[url=jdbc:postgresql://db/bank, user=bank,"
                        + " password=***], pool=PoolConfig[size=10, connectionTimeout=PT5S, lockTimeout=PT5S,"
                        + " socketTimeout=PT1M, leakDetection=PT0S]]");
        assertThat(Password.of(SECRET)).hasToString("***");
        assertThat(Password.NONE).hasToString("none");
    }

    @Test
    void no_text_form_shows_what_a_data_source_says_of_itself() {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL("jdbc:h2:mem:1;PASSWORD=" + SECRET);
        ShardConfig shard = ShardConfig.h2("eu-1", dataSource);

        assertThat(dataSource.toString()).contains(SECRET);
        assertThat(shard.toString()).doesNotContain(SECRET).contains("org.h2.jdbcx.JdbcDataSource");
        assertThat(shard.source().describe()).isEqualTo("a JdbcDataSource of the application");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password: hunter2, weight: x",
                "password: [hunter2]",
                "password: 'hunter2${'",
                "password: 'hunter2${MISSING}'",
                "password: hunter2, password: hunter2",
                "password: 'hunter2",
                "password: hunter2: 1",
                "password: *hunter2, weight: x",
                "url: 'jdbc:mysql://u:hunter2@db/x'",
                "url: 'jdbc:postgresql://u:hunter2@db/x'",
                "url: 'jdbc:h2:tcp://u:hunter2@db/x'",
                "url: 'jdbc:postgresql://db:x/x?password=hunter2'",
                "url: 'hunter2'",
            })
    void no_failure_shows_a_password(String keys) {
        Throwable failure = catchThrowable(() -> RingshardConfig.parse(
                "cluster: bank\nshards:\n- { name: eu-1, url: 'jdbc:h2:./1', %s }\n".formatted(keys), Map.of()));

        assertThat(failure).isNotNull();
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain(SECRET);
    }

    @Test
    void passwords_are_compared_by_what_they_are() {
        assertThat(Password.of("a")).isEqualTo(Password.of("a")).hasSameHashCodeAs(Password.of("a"));
        assertThat(Password.of("a")).isNotEqualTo(Password.of("b"));
        assertThat(Password.of("")).isSameAs(Password.NONE);
        assertThatThrownBy(() -> ShardConfig.of("a", "jdbc:h2:./a;PASSWORD=x", "", "y"))
                .hasMessageContaining("password is given here and in the URL: give it once.");
    }

    /** As of System.getenv. */
    @Test
    @SuppressWarnings("NullAway")
    void a_password_that_is_null_is_told_as_every_other_mistake() {
        assertThatThrownBy(() -> ShardConfig.of("a", "jdbc:h2:./a", "sa", System.getenv("NO_SUCH_VARIABLE")))
                .isInstanceOf(dev.ringshard.failure.ConfigurationException.class)
                .hasMessageContaining("password is null: give a text");
    }
}
