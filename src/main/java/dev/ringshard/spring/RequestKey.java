package dev.ringshard.spring;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * Which key a web request is for. An application whose key is neither in a header, nor in the path, nor the name of who is logged in
 * has a bean of it; its answer is then bound while the request is handled. Must be thread-safe.
 */
@FunctionalInterface
public interface RequestKey {
    /** The key; empty for a request that has none, which is then handled without. */
    Optional<?> of(HttpServletRequest request);
}
