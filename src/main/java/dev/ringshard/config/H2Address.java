package dev.ringshard.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The database that an H2 URL names: in memory, in a file, or on an H2 server (port 9092 unless it says otherwise). */
final class H2Address {
    private static final Pattern SERVER = Pattern.compile("(?:tcp|ssl)://([^/:]*)(?::([0-9]+))?/(.*)");

    private H2Address() {}

    /** @param rest of the URL after its prefix, without parameters */
    static Optional<String> fault(String rest) {
        if (rest.equals("mem:")) {
            return Optional.of("is 'jdbc:h2:mem:', which is another database for each connection: give it a name.");
        }
        if (rest.matches("(?s)(tcp|ssl)://[^/]*@.*")) { // H2 would quote it, taken for a port, in its complaint
            return Optional.of("has a user or password before its host: give them as user and password.");
        }
        return rest.isEmpty() || rest.equals("file:")
                ? Optional.of("names no database: jdbc:h2:mem:name or jdbc:h2:file:./path is allowed.")
                : Optional.empty();
    }

    static String of(String rest) {
        Matcher server = SERVER.matcher(rest);
        if (server.matches()) {
            String port = server.group(2) == null ? "9092" : server.group(2);
            return "h2://%s:%s/%s".formatted(server.group(1).toLowerCase(Locale.ROOT), port, server.group(3));
        }
        return rest.matches("(mem|zip|nio[a-zA-Z]*|split|async|retry|cache|classpath):.*") ? "h2:" + rest : file(rest);
    }

    private static String file(String rest) {
        String path = rest.startsWith("file:") ? rest.substring("file:".length()) : rest;
        String expanded = path.startsWith("~/") ? System.getProperty("user.home") + path.substring(1) : path;
        try {
            return "h2:file:" + Path.of(expanded).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            // H2 itself will say why it cannot open it; until then it is the same as what is written the same.
            return "h2:file:" + expanded;
        }
    }
}
