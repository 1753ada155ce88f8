package shop;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.math.BigDecimal;

/** What the shop sells: the same on every shard. */
@Entity
@Table(name = "products")
@SuppressWarnings("NullAway.Init")
public class Product {
    @Id
    private int id;

    private String name;
    private BigDecimal price;

    /** For JPA. */
    protected Product() {}

    public int getId() {
        return id;
    }

    public String getName() {
        return name;
    }

    public BigDecimal getPrice() {
        return price;
    }
}
