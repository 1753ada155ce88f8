package dev.ringshard.bank;

import dev.ringshard.internal.shard.CodePoints;
import java.util.Comparator;

/** Compares customers as the shards sort them, by Unicode code point. */
final class CustomerOrder {
    static final Comparator<CustomerTable.Listed> BY_KEY =
            Comparator.comparing(CustomerTable.Listed::key, CodePoints::compare);
    static final Comparator<Customer> BY_NAME = Comparator.comparing(Customer::lastName, CodePoints::compare)
            .thenComparing(Customer::firstName, CodePoints::compare)
            .thenComparing(Customer::key, CodePoints::compare);

    private CustomerOrder() {}
}
