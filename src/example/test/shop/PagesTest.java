package shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The shop as one command starts it: on Tomcat, and on two databases in memory. */
class PagesTest {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build();

    @SuppressWarnings("NullAway.Init")
    private static ConfigurableApplicationContext app;

    @BeforeAll
    static void start() {
        app = SpringApplication.run(ShopApplication.class, "--server.port=0");
    }

    @AfterAll
    static void close() {
        app.close();
    }

    @Test
    void tenants_are_founded_and_order_and_all_of_them_are_listed() throws Exception {
        for (String name : new String[] {"Ada & Sons", "Grace", "Edsger", "Barbara"}) {
            HttpResponse<String> founded = post("/found", "name=" + name.replace("&", "%26").replace(' ', '+'));
            assertThat(founded.statusCode()).isEqualTo(200);
            assertThat(founded.body()).contains("<h1>" + name.replace("&", "&amp;") + "</h1>");
            String tenant = founded.uri().getPath();
            assertThat(post(tenant + "/order", "1=2&3=1&4=0").body())
                    .contains("<td>1</td><td>2 × Tea, 100 g, 1 × Cup</td><td class=\"number\">25.00</td>");
        }

        assertThat(get("/").body()).contains(">Ada &amp; Sons</a>", ">Grace</a>", ">Edsger</a>", ">Barbara</a>");
    }

    @Test
    void an_order_that_is_sent_twice_is_placed_once() throws Exception {
        UUID tenant = UUID.fromString(json("/tenants", "Ada").body().replace("\"", ""));
        String order = "{\"request\": \"%s\", \"quantities\": {\"2\": 1}}".formatted(UUID.randomUUID());

        String first = json("/tenants/" + tenant + "/orders", order).body();

        assertThat(json("/tenants/" + tenant + "/orders", order).body()).isEqualTo(first);
        assertThat(get("/tenants/" + tenant + "/orders").body()).isEqualTo("[" + first + "]");
    }

    @Test
    void what_is_no_tenant_is_not_found() throws Exception {
        assertThat(get("/tenants/" + UUID.randomUUID()).statusCode()).isEqualTo(404);
        assertThat(get("/tenants/nobody/orders").statusCode()).isEqualTo(400);
        assertThat(get("/tenants//orders").statusCode()).isEqualTo(404);
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String form) throws Exception {
        return HTTP.send(
                request(path)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> json(String path, String body) throws Exception {
        return HTTP.send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://localhost:" + app.getEnvironment().getProperty("local.server.port") + path));
    }
}
