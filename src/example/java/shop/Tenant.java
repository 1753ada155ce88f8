package shop;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;

/** Who sells in the shop. */
@Entity
@Table(name = "tenants")
@SuppressWarnings("NullAway.Init")
public class Tenant {
    @Id
    private UUID id;

    private String name;
    private int lastNumber;

    /** For JPA. */
    protected Tenant() {}

    Tenant(UUID id, String name) {
        this.id = id;
        this.name = name;
    }

    public String getName() {
        return name;
    }

    /** The number of the next order. */
    int nextNumber() {
        return ++lastNumber;
    }
}
