package shop;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import java.io.Serializable;
import java.util.UUID;

/** A tenant's order: its number is one of the tenant's alone. */
@Embeddable
public record OrderId(@Column(name = "tenant_id") UUID tenant, int number) implements Serializable {}
