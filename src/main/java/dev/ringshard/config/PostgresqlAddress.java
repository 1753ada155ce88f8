package dev.ringshard.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The database that a PostgreSQL URL names, as the driver reads it: {@code //host:port,host:port/database} or the bare
 * name of a database on this machine. Hosts default to localhost, ports to 5432, the database to the user's name.
 */
final class PostgresqlAddress {
    private static final Pattern REMOTE = Pattern.compile("//([^/]*)/([^/]*)");
    private static final Pattern HOST = Pattern.compile("(\\[[^]]+]|[^:\\[\\]@]*)(?::([0-9]{1,5}))?");

    private PostgresqlAddress() {}

    /**
     * What is wrong with it, as the rest of a sentence.
     *
     * @param rest of the URL after its prefix, without parameters
     */
    static Optional<String> fault(String rest, String redactedUrl) {
        if (rest.contains("@") && rest.indexOf('@') < rest.lastIndexOf('/')) {
            return Optional.of("has a user or password before its host: give them as user and password.");
        }
        Matcher remote = REMOTE.matcher(rest);
        boolean readable = remote.matches()
                ? hosts(remote).stream().allMatch(PostgresqlAddress::isReadable)
                : !rest.startsWith("/");
        return readable
                ? Optional.empty()
                : Optional.of("is %s: jdbc:postgresql://host:port/database is allowed."
                        .formatted(Excerpt.value(redactedUrl)));
    }

    /** Of an address without a fault. */
    static String of(String rest, String user) {
        Matcher remote = REMOTE.matcher(rest);
        if (!remote.matches()) {
            return address("localhost:5432", rest, user);
        }
        String hosts = hosts(remote).stream()
                .map(PostgresqlAddress::normalised)
                .sorted()
                .collect(Collectors.joining(","));
        return address(hosts, remote.group(2), user);
    }

    private static String address(String hosts, String database, String user) {
        String name = URLDecoder.decode(database, StandardCharsets.UTF_8);
        return "postgresql://%s/%s".formatted(hosts, name.isEmpty() ? user : name);
    }

    private static List<String> hosts(Matcher remote) {
        return Arrays.asList(remote.group(1).split(",", -1));
    }

    private static boolean isReadable(String host) {
        Matcher matcher = HOST.matcher(host);
        return matcher.matches() && isPort(port(matcher));
    }

    private static boolean isPort(String port) {
        return Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= 65_535;
    }

    private static String port(Matcher host) {
        return host.group(2) == null ? "5432" : host.group(2);
    }

    private static String normalised(String host) {
        Matcher matcher = HOST.matcher(host);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("The address has a fault in its host " + host);
        }
        String name =
                matcher.group(1).isEmpty() ? "localhost" : matcher.group(1).toLowerCase(Locale.ROOT);
        return name + ":" + port(matcher);
    }
}
