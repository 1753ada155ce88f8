package dev.ringshard.spring;

import dev.ringshard.jdbc.ShardKey;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.core.Ordered;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Binds the key of a request while it is handled, on the threads of the container: also while a view is rendered, and when a
 * request that was answered later is taken up again.
 */
final class ShardKeyFilter extends OncePerRequestFilter implements Ordered {
    /** After Spring Security, which has -100: the principal is known by then. */
    static final int ORDER = 0;

    private final RequestKey key;

    ShardKeyFilter(RequestKey key) {
        this.key = key;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected boolean shouldNotFilterErrorDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<?> found = key.of(request);
        if (found.isEmpty()) {
            chain.doFilter(request, response);
            return;
        }
        try {
            ShardKey.<Exception>with(found.get(), () -> chain.doFilter(request, response));
        } catch (ServletException | IOException | RuntimeException failure) {
            throw failure;
        } catch (Exception other) {
            throw new ServletException(other);
        }
    }
}
