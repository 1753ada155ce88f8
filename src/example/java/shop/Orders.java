package shop;

import org.springframework.data.jpa.repository.JpaRepository;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The orders of tenants. */
interface Orders extends JpaRepository<Order, OrderId> {
    List<Order> findByIdTenantOrderByIdNumberDesc(UUID tenant);

    Optional<Order> findByIdTenantAndRequest(UUID tenant, UUID request);
}
