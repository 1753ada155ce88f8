package shop;

import dev.ringshard.jdbc.RingshardDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.view.RedirectView;
import org.springframework.web.util.HtmlUtils;

/** The shop for people: plain pages, written here. */
@RestController
class Pages {
    private final Shop shop;
    private final RingshardDataSource dataSource;

    Pages(Shop shop, RingshardDataSource dataSource) {
        this.shop = shop;
        this.dataSource = dataSource;
    }

    /** The tenants of all shards, by name: a report, in one exact snapshot. */
    @GetMapping(value = "/", produces = MediaType.TEXT_HTML_VALUE)
    String tenants() throws SQLException {
        Map<UUID, String> tenants = new LinkedHashMap<>();
        try (Connection connection = dataSource.allShards().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, name FROM tenants")) {
            while (rows.next()) {
                tenants.put(rows.getObject("id", UUID.class), rows.getString("name"));
            }
        }
        return page("Tenants", """
                <table><tr><th>tenant</th></tr>%s</table>
                <form method="post" action="/found"><input name="name" placeholder="Name" required> <button>Found a tenant</button></form>""".formatted(
                tenants.entrySet().stream()
                        .sorted(Map.Entry.comparingByValue())
                        .map(tenant -> "<tr><td><a href=\"/tenants/%s\">%s</a></td></tr>"
                                .formatted(tenant.getKey(), HtmlUtils.htmlEscape(tenant.getValue())))
                        .collect(Collectors.joining())));
    }

    @PostMapping("/found")
    RedirectView found(@RequestParam String name) {
        UUID id = UUID.randomUUID();
        shop.found(id, name);
        return new RedirectView("/tenants/" + id);
    }

    @ExceptionHandler(NoSuchElementException.class)
    @ResponseStatus(HttpStatus.NOT_FOUND)
    void unknown() {}

    /** A tenant's orders; their lines are read while this page is written. */
    @GetMapping(value = "/tenants/{tenant}", produces = MediaType.TEXT_HTML_VALUE)
    String orders(@PathVariable UUID tenant) {
        String products = shop.products(tenant).stream()
                .map(product -> "<label>%s (%s) <input type=\"number\" name=\"%d\" value=\"0\" min=\"0\" max=\"99\"></label>"
                        .formatted(HtmlUtils.htmlEscape(product.getName()), product.getPrice(), product.getId()))
                .collect(Collectors.joining("\n"));
        String orders = shop.orders(tenant).stream().map(Pages::row).collect(Collectors.joining("\n"));
        return page(HtmlUtils.htmlEscape(shop.tenant(tenant).getName()), """
                <form method="post" action="/tenants/%s/order">%s <button>Order</button></form>
                <table><tr><th>no.</th><th>lines</th><th class="number">amount</th></tr>
                %s</table>
                <p><a href="/">All tenants</a></p>""".formatted(tenant, products, orders));
    }

    private static String row(Order order) {
        String lines = order.getLines().stream()
                .map(line -> line.getQuantity() + " × "
                        + HtmlUtils.htmlEscape(line.getProduct().getName()))
                .collect(Collectors.joining(", "));
        return "<tr><td>%d</td><td>%s</td><td class=\"number\">%s</td></tr>"
                .formatted(order.getNumber(), lines, order.getAmount());
    }

    @PostMapping("/tenants/{tenant}/order")
    RedirectView order(@PathVariable UUID tenant, @RequestParam Map<String, String> form) {
        Map<Integer, Integer> quantities = new TreeMap<>();
        form.forEach((product, quantity) -> {
            if (Integer.parseInt(quantity) > 0) {
                quantities.put(Integer.valueOf(product), Integer.valueOf(quantity));
            }
        });
        if (!quantities.isEmpty()) {
            shop.place(tenant, UUID.randomUUID(), quantities);
        }
        return new RedirectView("/tenants/" + tenant);
    }

    private static String page(String title, String body) {
        return """
                <!doctype html><html lang="en"><meta charset="utf-8"><title>%1$s</title>
                <style>
                body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 44rem; padding: 0 1rem }
                table { border-collapse: collapse; width: 100%% } th, td { border-bottom: 1px solid #ccc; padding: .4rem; text-align: left }
                .number { text-align: right; font-variant-numeric: tabular-nums } label { display: inline-block; margin: 0 1rem .5rem 0 }
                input[type=number] { width: 4rem } form { margin: 1rem 0 }
                </style><h1>%1$s</h1>%2$s</html>""".formatted(title, body);
    }
}
