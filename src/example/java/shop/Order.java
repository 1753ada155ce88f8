package shop;

import jakarta.persistence.CollectionTable;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;

/** An order with its lines, which are read when they are asked for. */
@Entity
@Table(name = "orders")
@SuppressWarnings("NullAway.Init")
public class Order {
    @EmbeddedId
    private OrderId id;

    private UUID request;
    private BigDecimal amount;

    @ElementCollection
    @CollectionTable(
            name = "order_lines",
            joinColumns = {
                @JoinColumn(name = "tenant_id", referencedColumnName = "tenant_id"),
                @JoinColumn(name = "number", referencedColumnName = "number")
            })
    @OrderColumn(name = "line")
    private List<OrderLine> lines;

    /** For JPA. */
    protected Order() {}

    Order(OrderId id, UUID request, List<OrderLine> lines) {
        this.id = id;
        this.request = request;
        this.lines = lines;
        this.amount = lines.stream()
                .map(line -> line.getProduct().getPrice().multiply(BigDecimal.valueOf(line.getQuantity())))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    public int getNumber() {
        return id.number();
    }

    public UUID getRequest() {
        return request;
    }

    public BigDecimal getAmount() {
        return amount;
    }

    public List<OrderLine> getLines() {
        return lines;
    }
}
