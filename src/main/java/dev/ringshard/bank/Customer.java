package dev.ringshard.bank;

import java.time.Instant;

/**
 * A customer as stored.
 *
 * @param ringToken the key's position on the ring
 * @param version rises with every change; an update names the one that it was made from
 * @param createdAt by the shard's clock
 * @param updatedAt by the shard's clock
 */
public record Customer(
        String key,
        String firstName,
        String lastName,
        Balances balances,
        long ringToken,
        long version,
        Instant createdAt,
        Instant updatedAt) {

    /** The same customer under another name, to be passed to {@link CustomerRepository#update}. */
    public Customer withName(String newFirstName, String newLastName) {
        return new Customer(key, newFirstName, newLastName, balances, ringToken, version, createdAt, updatedAt);
    }

    @Override
    public String toString() {
        return "Customer[key=" + key + ", version=" + version + "]"; // logs must not show a customer's values
    }
}
