package shop;

import jakarta.persistence.LockModeType;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

/** The tenants. */
interface Tenants extends JpaRepository<Tenant, UUID> {
    /** Nobody else numbers an order of the tenant's until the transaction ends. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("SELECT tenant FROM Tenant tenant WHERE tenant.id = :id")
    Optional<Tenant> locked(UUID id);
}
