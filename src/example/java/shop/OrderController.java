package shop;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The shop for programs. */
@RestController
class OrderController {
    private final Shop shop;

    OrderController(Shop shop) {
        this.shop = shop;
    }

    /**
     * An order to be placed.
     *
     * @param request chosen by the caller, who may send it twice
     * @param quantities how many, by the product's id
     */
    record NewOrder(UUID request, Map<Integer, Integer> quantities) {}

    /** An order that was placed. */
    record PlacedOrder(int number, UUID request, BigDecimal amount, Map<String, Integer> lines) {
        static PlacedOrder of(Order order) {
            return new PlacedOrder(
                    order.getNumber(),
                    order.getRequest(),
                    order.getAmount(),
                    order.getLines().stream()
                            .collect(java.util.stream.Collectors.toMap(
                                    line -> line.getProduct().getName(), OrderLine::getQuantity)));
        }
    }

    @PostMapping("/tenants")
    @ResponseStatus(HttpStatus.CREATED)
    UUID found(@RequestBody String name) {
        UUID id = UUID.randomUUID();
        shop.found(id, name);
        return id;
    }

    @PostMapping("/tenants/{tenant}/orders")
    @ResponseStatus(HttpStatus.CREATED)
    PlacedOrder place(@PathVariable UUID tenant, @RequestBody NewOrder order) {
        return PlacedOrder.of(shop.place(tenant, order.request(), order.quantities()));
    }

    /** The lines are read when this asks for them, after the transaction: the session is open for the whole request. */
    @GetMapping("/tenants/{tenant}/orders")
    List<PlacedOrder> orders(@PathVariable UUID tenant) {
        return shop.orders(tenant).stream().map(PlacedOrder::of).toList();
    }

    @ExceptionHandler(NoSuchElementException.class)
    @ResponseStatus(HttpStatus.NOT_FOUND)
    void unknown() {}
}
