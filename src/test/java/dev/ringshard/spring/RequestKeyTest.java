package dev.ringshard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.failure.ConfigurationException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.filter.OncePerRequestFilter;

/** Where web requests have their key. Does not show a container: the filter is a bean, which Boot gives to any. */
class RequestKeyTest {
    private final WebApplicationContextRunner application = new WebApplicationContextRunner()
            .withUserConfiguration(ShopApplication.class)
            .withPropertyValues(ShopApplication.properties(DatabaseKind.H2, 2));

    /** Of an application that names a cluster, nothing but what is about requests. */
    private final WebApplicationContextRunner rules = new WebApplicationContextRunner()
            .withUserConfiguration(RingshardWebAutoConfiguration.class)
            .withPropertyValues("ringshard.cluster=shop");

    @Test
    void without_being_asked_there_is_no_filter() {
        rules.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ShardKeyFilter.class));
    }

    @Test
    void the_key_of_a_request_is_bound_until_it_is_answered() {
        application.withPropertyValues("ringshard.web.header=X-Tenant").run(context -> {
            ShopApplication.Orders orders = context.getBean(ShopApplication.Orders.class);
            UUID tenant = UUID.randomUUID();
            orders.found(tenant, "Ada");
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            List<String> names = new ArrayList<>();
            MockHttpServletRequest request = new MockHttpServletRequest();
            request.addHeader("X-Tenant", tenant.toString());
            ShardKeyFilter filter = context.getBean(ShardKeyFilter.class);
            FilterChain chain = (handled, answer) ->
                    names.addAll(jdbc.queryForList("SELECT name FROM tenants WHERE id = ?", String.class, tenant));

            filter.doFilter(request, new MockHttpServletResponse(), chain);
            request.setDispatcherType(DispatcherType.ASYNC);
            request.setAsyncStarted(false);
            filter.doFilter(request, new MockHttpServletResponse(), chain);

            assertThat(names).containsExactly("Ada", "Ada");
            assertThatThrownBy(() -> jdbc.queryForList("SELECT name FROM tenants"))
                    .rootCause()
                    .hasMessageContaining("no key");
            assertThat(context.getBeansOfType(Filter.class).values())
                    .filteredOn(OncePerRequestFilter.class::isInstance)
                    .contains(filter);
            assertThat(filter.getOrder()).as("after security, which has -100").isGreaterThan(-100);
        });
    }

    @Test
    void what_a_request_fails_with_goes_through_and_its_key_is_forgotten() {
        ShardKeyFilter filter = new ShardKeyFilter(request -> Optional.of("a key"));
        FilterChain failing = (request, answer) -> {
            throw new IllegalStateException("the application's own");
        };
        assertThatThrownBy(() -> filter.doFilter(new MockHttpServletRequest(), new MockHttpServletResponse(), failing))
                .hasMessage("the application's own");
    }

    @Test
    void a_request_without_a_key_is_handled_without() throws Exception {
        MockFilterChain chain = new MockFilterChain();
        new ShardKeyFilter(RequestKeys.of(new RingshardProperties.Web("X-Tenant", null, false)))
                .doFilter(new MockHttpServletRequest(), new MockHttpServletResponse(), chain);
        assertThat(chain.getRequest()).isNotNull();
    }

    @Test
    void the_key_is_in_a_header_or_the_path_or_the_name_of_who_is_logged_in() {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/shop/tenants/a%20b/orders");
        request.setContextPath("/shop");
        request.addHeader("X-Tenant", "of the header");
        request.setUserPrincipal((Principal) () -> "ada");

        assertThat(key(new RingshardProperties.Web("X-Tenant", null, false), request))
                .isEqualTo("of the header");
        assertThat(key(new RingshardProperties.Web(null, "/tenants/{key}/**", false), request))
                .isEqualTo("a b");
        assertThat(key(new RingshardProperties.Web(null, "/customers/{key}", false), request))
                .isNull();
        assertThat(key(new RingshardProperties.Web(null, null, true), request)).isEqualTo("ada");
    }

    private static @org.jspecify.annotations.Nullable Object key(
            RingshardProperties.Web web, MockHttpServletRequest request) {
        return RequestKeys.of(web).of(request).orElse(null);
    }

    @Test
    void two_places_or_a_path_without_the_key_are_refused() {
        assertThatThrownBy(() -> RequestKeys.of(new RingshardProperties.Web("X-Tenant", null, true)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("names 2 places");
        assertThatThrownBy(() -> RequestKeys.of(new RingshardProperties.Web(null, "/tenants/{id}", false)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("with the variable {key}");
        assertThatThrownBy(() -> RequestKeys.of(new RingshardProperties.Web(null, "/tenants/{key", false)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("which is no pattern");
    }

    @Test
    void an_application_may_know_the_key_otherwise() {
        rules.withBean(RequestKey.class, () -> request -> Optional.of("of the session"))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(ShardKeyFilter.class));
    }
}
