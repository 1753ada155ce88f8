package shop;

import jakarta.persistence.Embeddable;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;

/** So many of a product. */
@Embeddable
@SuppressWarnings("NullAway.Init")
public class OrderLine {
    @ManyToOne
    @JoinColumn(name = "product_id")
    private Product product;

    private int quantity;

    /** For JPA. */
    protected OrderLine() {}

    OrderLine(Product product, int quantity) {
        this.product = product;
        this.quantity = quantity;
    }

    public Product getProduct() {
        return product;
    }

    public int getQuantity() {
        return quantity;
    }
}
