package shop;

import dev.ringshard.spring.ShardKey;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What can be done in the shop, each in one transaction of one tenant. */
@Service
class Shop {
    private final Tenants tenants;
    private final Orders orders;
    private final Products products;

    Shop(Tenants tenants, Orders orders, Products products) {
        this.tenants = tenants;
        this.orders = orders;
        this.products = products;
    }

    @Transactional
    public Tenant found(@ShardKey UUID id, String name) {
        return tenants.save(new Tenant(id, name));
    }

    @Transactional(readOnly = true)
    public Tenant tenant(@ShardKey UUID id) {
        return tenants.findById(id).orElseThrow();
    }

    /**
     * An order with its number. A request that is sent twice is done once.
     *
     * @param quantities how many, by the product's id
     */
    @Transactional
    public Order place(@ShardKey UUID tenant, UUID request, Map<Integer, Integer> quantities) {
        Tenant seller = tenants.locked(tenant).orElseThrow();
        return orders.findByIdTenantAndRequest(tenant, request)
                .orElseGet(() -> orders.save(
                        new Order(new OrderId(tenant, seller.nextNumber()), request, lines(quantities))));
    }

    private List<OrderLine> lines(Map<Integer, Integer> quantities) {
        return quantities.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(line -> new OrderLine(products.findById(line.getKey()).orElseThrow(), line.getValue()))
                .toList();
    }

    @Transactional(readOnly = true)
    public List<Order> orders(@ShardKey UUID tenant) {
        return orders.findByIdTenantOrderByIdNumberDesc(tenant);
    }

    @Transactional(readOnly = true)
    public List<Product> products(@ShardKey UUID tenant) {
        return products.findAll();
    }
}
