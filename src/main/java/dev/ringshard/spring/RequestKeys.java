package dev.ringshard.spring;

import dev.ringshard.failure.ConfigurationException;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/** Where requests have their key, by the properties. */
final class RequestKeys {
    private static final String VARIABLE = "key";
    private static final Pattern VARIABLE_IN_PATTERN = Pattern.compile("\\{\\*?" + VARIABLE + "[:}]");

    private RequestKeys() {}

    /**
     * The one place that is named.
     *
     * @throws ConfigurationException if several are, or none, or the path is no pattern
     */
    static RequestKey of(RingshardProperties.Web web) {
        List<RequestKey> named = new ArrayList<>();
        if (web.header() != null) {
            String header = web.header();
            named.add(request -> text(request.getHeader(header)));
        }
        if (web.path() != null) {
            named.add(inPath(web.path()));
        }
        if (web.principal()) {
            named.add(request -> Optional.ofNullable(request.getUserPrincipal()).map(Principal::getName));
        }
        if (named.size() != 1) {
            throw problem(
                    "ringshard.web names %d places for the key of a request: give one of header, path and principal."
                            .formatted(named.size()));
        }
        return named.get(0);
    }

    private static Optional<String> text(@Nullable String value) {
        return Optional.ofNullable(value).filter(text -> !text.isBlank());
    }

    private static RequestKey inPath(String path) {
        PathPattern pattern = pattern(path);
        if (!VARIABLE_IN_PATTERN.matcher(path).find()) {
            throw problem(
                    "ringshard.web.path is '%s': a pattern with the variable {key} is allowed, such as /tenants/{key}/**."
                            .formatted(path));
        }
        return request -> Optional.ofNullable(pattern.matchAndExtract(path(request)))
                .flatMap(match -> text(match.getUriVariables().get(VARIABLE)));
    }

    private static PathPattern pattern(String path) {
        try {
            return PathPatternParser.defaultInstance.parse(path);
        } catch (PatternParseException noPattern) {
            throw problem(
                    "ringshard.web.path is '%s', which is no pattern: %s".formatted(path, noPattern.getMessage()));
        }
    }

    private static PathContainer path(HttpServletRequest request) {
        return PathContainer.parsePath(
                request.getRequestURI().substring(request.getContextPath().length()));
    }

    private static ConfigurationException problem(String sentence) {
        return new ConfigurationException("application properties", List.of(sentence));
    }
}
