package dev.ringshard.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseSourceTest {
    @Test
    void credentials_in_a_postgresql_url_become_user_and_password() {
        DatabaseSource.Jdbc source = jdbc("jdbc:postgresql://db/bank?user=ada&ssl=true&password=a%26b%3D1&&");

        assertThat(source.url()).isEqualTo("jdbc:postgresql://db/bank?ssl=true");
        assertThat(source.user()).isEqualTo("ada");
        assertThat(source.password()).isEqualTo(Password.of("a&b=1"));
        assertThat(new DatabaseSource.Jdbc(source.url(), source.user(), source.password()))
                .isEqualTo(source);
    }

    @Test
    void credentials_in_an_h2_url_become_user_and_password() {
        DatabaseSource.Jdbc source = jdbc("jdbc:h2:mem:1;User=sa;DB_CLOSE_DELAY=-1;PASSWORD=a\\;b");

        assertThat(source.url()).isEqualTo("jdbc:h2:mem:1;DB_CLOSE_DELAY=-1");
        assertThat(source.user()).isEqualTo("sa");
        assertThat(source.password()).isEqualTo(Password.of("a;b"));
    }

    @Test
    void a_url_without_credentials_stays_as_it_is() {
        for (String url : new String[] {
            "jdbc:postgresql://a:1,b:2/bank?targetServerType=primary&ssl=true",
            "jdbc:postgresql:bank",
            "jdbc:h2:./1;INIT=CREATE SCHEMA x\\;SET SCHEMA x;MODE=PostgreSQL",
        }) {
            assertThat(jdbc(url).url()).isEqualTo(url);
            assertThat(jdbc(url).redactedUrl()).isEqualTo(url);
        }
    }

    @Test
    void secrets_that_have_to_stay_in_the_url_are_redacted_in_texts() {
        DatabaseSource.Jdbc source = jdbc("jdbc:postgresql://db/bank?sslpassword=x&ssl=true");

        assertThat(source.url()).isEqualTo("jdbc:postgresql://db/bank?sslpassword=x&ssl=true");
        assertThat(source.redactedUrl()).isEqualTo("jdbc:postgresql://db/bank?sslpassword=***&ssl=true");
    }

    @Test
    void the_kind_follows_from_the_url() {
        assertThat(jdbc("jdbc:postgresql:bank").kind()).isEqualTo(DatabaseKind.POSTGRESQL);
        assertThat(jdbc("jdbc:h2:./bank").kind()).isEqualTo(DatabaseKind.H2);
        assertThat(DatabaseKind.ofUrl("jdbc:mysql://db/bank")).isEmpty();
        assertThat(DatabaseKind.ofUrl("JDBC:H2:mem:1")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:postgresql://DB.example/bank     | jdbc:postgresql://db.example:5432/bank?ssl=true",
                "jdbc:postgresql://localhost/bank      | jdbc:postgresql:bank",
                "jdbc:postgresql:///bank               | jdbc:postgresql:bank",
                "jdbc:postgresql://localhost/          | jdbc:postgresql:",
                "jdbc:postgresql://localhost/?user=ada | jdbc:postgresql://localhost/ada",
                "jdbc:postgresql://a:1,b/bank          | jdbc:postgresql://B:5432,a:1/bank",
                "jdbc:postgresql://[::1]/bank          | jdbc:postgresql://[::1]:5432/bank",
                "jdbc:h2:mem:a;DB_CLOSE_DELAY=9        | jdbc:h2:mem:a;DB_CLOSE_DELAY=-1",
                "jdbc:h2:./data/a                      | jdbc:h2:file:./data/../data/a;MODE=PostgreSQL",
                "jdbc:h2:tcp://DB/~/a                  | jdbc:h2:tcp://db:9092/~/a",
            })
    void these_urls_are_the_same_database(String one, String other) {
        assertThat(address(one)).isEqualTo(address(other));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db/bank",
                "jdbc:postgresql://db:5433/bank?ssl=true",
                "jdbc:postgresql://db:5433/",
                "jdbc:postgresql://db/a%20b",
                "jdbc:postgresql:bank",
                "jdbc:postgresql:a/b",
                "jdbc:postgresql:",
                "jdbc:postgresql://[::1]:5433/bank",
                "jdbc:postgresql://db/bank?user=ada&password=a%26b%3D%25+c",
                "jdbc:postgresql://db/bank?password=a&password=b",
                "jdbc:postgresql://db/bank?password=a=b",
            })
    void a_postgresql_url_is_read_as_its_driver_reads_it(String url) {
        Properties defaults = new Properties();
        defaults.setProperty("user", "");
        defaults.setProperty("password", "");
        Properties driver = Objects.requireNonNull(org.postgresql.Driver.parseURL(url, defaults));
        String database = Objects.requireNonNullElse(driver.getProperty("PGDBNAME"), "");

        assertThat(address(url))
                .isEqualTo("postgresql://%s:%s/%s"
                        .formatted(driver.getProperty("PGHOST"), driver.getProperty("PGPORT"), database));
        assertThat(jdbc(url).user()).isEqualTo(driver.getProperty("user"));
        assertThat(jdbc(url).password().reveal()).isEqualTo(driver.getProperty("password"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql:/",
                "jdbc:postgresql:/bank",
                "jdbc:postgresql://db",
                "jdbc:postgresql://db?ssl=true",
                "jdbc:postgresql://db/a/b",
                "jdbc:postgresql://db:/bank",
                "jdbc:postgresql://db:0/bank",
                "jdbc:postgresql://db:65536/bank",
                "jdbc:postgresql://ada:lovelace@db/bank",
            })
    void a_postgresql_url_that_its_driver_cannot_read_is_refused_at_once(String url) {
        assertThat(org.postgresql.Driver.parseURL(url, new Properties())).isNull();
        assertThat(JdbcUrl.parse(url).fault()).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:postgresql://db/bank  | jdbc:postgresql://db/bank2",
                "jdbc:postgresql://db/bank  | jdbc:postgresql://db/Bank",
                "jdbc:postgresql://db/bank  | jdbc:postgresql://db:5433/bank",
                "jdbc:postgresql://db/bank  | jdbc:postgresql://db2/bank",
                "jdbc:postgresql://db/bank  | jdbc:h2:tcp://db:5432/bank",
                "jdbc:h2:mem:a;DB_CLOSE_DELAY=-1 | jdbc:h2:mem:b;DB_CLOSE_DELAY=-1",
                "jdbc:h2:mem:a;DB_CLOSE_DELAY=-1 | jdbc:h2:./a",
                "jdbc:h2:tcp://db/~/a       | jdbc:h2:tcp://db/./a",
            })
    void these_urls_are_different_databases(String one, String other) {
        assertThat(address(one)).isNotEqualTo(address(other));
    }

    @Test
    void an_h2_file_is_found_in_the_home_and_the_working_directory() {
        assertThat(address("jdbc:h2:~/a")).isEqualTo("h2:file:" + Path.of(System.getProperty("user.home"), "a"));
        assertThat(address("jdbc:h2:./a")).isEqualTo("h2:file:" + Path.of("a").toAbsolutePath());
    }

    private static Object address(String url) {
        return ShardDraft.database(jdbc(url));
    }

    private static DatabaseSource.Jdbc jdbc(String url) {
        return new DatabaseSource.Jdbc(url, "", Password.NONE);
    }
}
