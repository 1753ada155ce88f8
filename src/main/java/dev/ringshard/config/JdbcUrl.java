package dev.ringshard.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A JDBC URL taken apart as far as Ringshard has to: its database and its parameters.
 *
 * @param base all before the parameters
 * @param separators what begins the parameters, and what stands between two of them
 * @param parameters as they are written: {@code name=value}, escaped in the way of the database
 */
record JdbcUrl(String base, Separators separators, List<String> parameters) {
    private static final Pattern SECRET =
            Pattern.compile("(pass|pwd|secret|token|credential)", Pattern.CASE_INSENSITIVE);
    private static final Pattern SCHEME = Pattern.compile("(?:jdbc:)?[a-zA-Z][a-zA-Z0-9+.-]*:");
    private static final String ALLOWED = "a JDBC URL that begins with jdbc:postgresql: or jdbc:h2: is allowed.";

    private enum Separators {
        /** {@code ?a=1&b=2}, percent-encoded. */
        QUERY("?", "&"),
        /** {@code ;A=1;B=2}, with a backslash before what is meant literally. */
        SEMICOLONS(";", ";");

        private final String first;
        private final String next;

        Separators(String first, String next) {
            this.first = first;
            this.next = next;
        }

        private List<String> split(String parameters) {
            return Arrays.stream(parameters.split(this == QUERY ? "&" : "(?<!\\\\);", -1))
                    .filter(parameter -> !parameter.isEmpty())
                    .toList();
        }

        private String unescape(String value) {
            return this == QUERY ? URLDecoder.decode(value, StandardCharsets.UTF_8) : value.replaceAll("\\\\(.)", "$1");
        }
    }

    static JdbcUrl parse(String url) {
        Separators separators = url.startsWith(DatabaseKind.H2.urlPrefix()) ? Separators.SEMICOLONS : Separators.QUERY;
        int parameters = url.indexOf(separators.first);
        return parameters < 0
                ? new JdbcUrl(url, separators, List.of())
                : new JdbcUrl(
                        url.substring(0, parameters), separators, separators.split(url.substring(parameters + 1)));
    }

    /** What is wrong with it, as the rest of a sentence that begins with its key; empty if it can be used. */
    Optional<String> fault() {
        Optional<DatabaseKind> kind = DatabaseKind.ofUrl(base);
        if (kind.isEmpty()) {
            Matcher scheme = SCHEME.matcher(base);
            // Only its scheme is shown: what follows may hold a password in a form that is not known here.
            return Optional.of(
                    scheme.lookingAt()
                            ? "begins with '%s': %s".formatted(scheme.group(), ALLOWED)
                            : "is no URL: " + ALLOWED);
        }
        if (!decodable(base) || !parameters.stream().allMatch(this::decodable)) {
            return Optional.of("has a '%' that no two hexadecimal digits follow: write %25 for it.");
        }
        return switch (kind.get()) {
            case POSTGRESQL -> PostgresqlAddress.fault(rest(), redacted());
            case H2 -> H2Address.fault(rest()).or(this::volatileFault);
        };
    }

    /** A database in memory is dropped with its last connection, so that what init has made would be gone once it has ended. */
    private Optional<String> volatileFault() {
        boolean stays =
                valueOf("DB_CLOSE_DELAY").filter(delay -> !delay.equals("0")).isPresent();
        return rest().startsWith("mem:") && !stays
                ? Optional.of(
                        "names a database in memory that is gone with its last connection: add ;DB_CLOSE_DELAY=-1.")
                : Optional.empty();
    }

    /** Two URLs of the same database have the same address, however they are written. */
    String address(String user) {
        return switch (DatabaseKind.ofUrl(base).orElseThrow()) {
            case POSTGRESQL -> PostgresqlAddress.of(rest(), user);
            case H2 -> H2Address.of(rest());
        };
    }

    Optional<String> user() {
        return valueOf("user");
    }

    Optional<String> password() {
        return valueOf("password");
    }

    JdbcUrl withoutCredentials() {
        return new JdbcUrl(
                base,
                separators,
                parameters.stream()
                        .filter(parameter -> !isNamed(parameter, "user") && !isNamed(parameter, "password"))
                        .toList());
    }

    /** With {@code ***} for what may be a secret. */
    String redacted() {
        List<String> shown = parameters.stream()
                .map(parameter ->
                        SECRET.matcher(parameter).find() ? parameter.replaceFirst("(?s)=.*", "=***") : parameter)
                .toList();
        return new JdbcUrl(base.replaceFirst("(?s)//.*@", "//***@"), separators, shown).toString();
    }

    @Override
    public String toString() {
        return parameters.isEmpty()
                ? base
                : parameters.stream().collect(Collectors.joining(separators.next, base + separators.first, ""));
    }

    private String rest() {
        return base.substring(DatabaseKind.ofUrl(base).orElseThrow().urlPrefix().length());
    }

    /** Of a parameter given twice, the last counts, as with the drivers. */
    private Optional<String> valueOf(String name) {
        return parameters.stream()
                .filter(parameter -> isNamed(parameter, name) && decodable(parameter))
                .reduce((earlier, later) -> later)
                .map(parameter -> separators.unescape(parameter.substring(name.length() + 1)))
                .filter(value -> !value.isEmpty());
    }

    /** The names are ASCII; H2 reads them in any case, and for PostgreSQL other cases name nothing. */
    private static boolean isNamed(String parameter, String name) {
        return parameter.regionMatches(true, 0, name + "=", 0, name.length() + 1);
    }

    private boolean decodable(String parameter) {
        return separators == Separators.SEMICOLONS || !parameter.matches("(?s).*%(?![0-9a-fA-F]{2}).*");
    }
}
