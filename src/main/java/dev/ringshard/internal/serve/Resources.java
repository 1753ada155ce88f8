package dev.ringshard.internal.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** The page, as it stands in the jar. Immutable. */
final class Resources {
    private static final Map<String, String> TYPES = Map.of(
            "/", "text/html; charset=utf-8",
            "/page.css", "text/css; charset=utf-8",
            "/page.js", "text/javascript; charset=utf-8",
            "/icon.svg", "image/svg+xml");

    private final Map<String, HttpResponse> answers = new TreeMap<>();

    Resources() {
        TYPES.forEach(
                (path, type) -> answers.put(path, HttpResponse.ok(type, read(path.equals("/") ? "/page.html" : path))));
    }

    private static String read(String name) {
        try (InputStream content = Resources.class.getResourceAsStream(name.substring(1))) {
            return new String(Objects.requireNonNull(content, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    Optional<HttpResponse> find(String path) {
        return Optional.ofNullable(answers.get(path));
    }
}
