package dev.ringshard.testing;

import java.util.Arrays;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.postgresql.Driver;

/** A server that somebody else runs. Only the databases created on it are dropped again. */
final class GivenServer extends PostgresServer {

    private static final Pattern URL = Pattern.compile("(jdbc:postgresql://[^/?]+)/[^?]*(\\?.*)?");

    private final TestDatabase given;
    private final Queue<TestDatabase> created = new ConcurrentLinkedQueue<>();

    GivenServer(String url) {
        Properties properties = Driver.parseURL(url, new Properties());
        if (properties == null || !URL.matcher(url).matches()) {
            throw new IllegalArgumentException("The URL of the PostgreSQL server for tests cannot be read."
                    + " Give it as jdbc:postgresql://HOST:PORT/DATABASE?user=USER&password=PASSWORD.");
        }
        this.given = new TestDatabase(
                withoutLogin(url), properties.getProperty("user", "postgres"), properties.getProperty("password", ""));
    }

    /** A configuration with a password in a URL and another beside it would be refused. */
    private static String withoutLogin(String url) {
        int question = url.indexOf('?');
        if (question < 0) {
            return url;
        }
        String others = Arrays.stream(url.substring(question + 1).split("&"))
                .filter(parameter -> !parameter.matches("(user|password)=.*"))
                .collect(Collectors.joining("&"));
        return url.substring(0, question) + (others.isEmpty() ? "" : "?" + others);
    }

    @Override
    TestDatabase copyOf(String template) {
        TestDatabase database = super.copyOf(template);
        created.add(database);
        return database;
    }

    @Override
    TestDatabase maintenance() {
        return given;
    }

    @Override
    TestDatabase database(String name) {
        String url = URL.matcher(given.url()).replaceFirst("$1/" + Matcher.quoteReplacement(name) + "$2");
        return new TestDatabase(url, given.user(), given.password());
    }

    @Override
    public void close() {
        for (TestDatabase database = created.poll(); database != null; database = created.poll()) {
            drop(database);
        }
    }
}
