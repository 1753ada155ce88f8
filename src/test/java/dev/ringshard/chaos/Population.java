package dev.ringshard.chaos;

import dev.ringshard.bank.NewCustomer;
import dev.ringshard.chaos.Books.Opening;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The customers of a run, all founded before it. Savings are opened with so much that a customer who is missed or counted
 * twice shows in every total, checking with so little that withdrawals find it empty now and then.
 */
record Population(int customers) {
    private static final Holdings OPENED_WITH = new Holdings(1_000_000_00, 50_00, 0);

    /** Creating a customer who has money on two accounts takes two entries. */
    private static final Opening OPENING = new Opening(2, OPENED_WITH);

    /** One in so many is busy. */
    private static final int SHARE_OF_BUSY = 20;

    String key(int customer) {
        return "chaos-" + customer;
    }

    /** Some customer; one in two times one of the few busy ones, so that operations on one overlap, and meet each step of a handover. */
    String anyKey(RandomGenerator random) {
        return key(random.nextInt(random.nextBoolean() ? Math.max(1, customers / SHARE_OF_BUSY) : customers));
    }

    NewCustomer newCustomer(int customer) {
        return new NewCustomer(key(customer), "Customer", "No " + customer, OPENED_WITH.balances());
    }

    Map<String, Opening> openings() {
        Map<String, Opening> openings = new LinkedHashMap<>();
        for (int i = 0; i < customers; i++) {
            openings.put(key(i), OPENING);
        }
        return openings;
    }
}
