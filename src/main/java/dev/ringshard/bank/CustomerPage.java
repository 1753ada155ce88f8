package dev.ringshard.bank;

import java.util.List;
import java.util.Optional;

/**
 * Some customers in the order of last name, first name and key, each by Unicode code point.
 *
 * @param next where the next page begins; empty if this is the last
 */
public record CustomerPage(List<Customer> customers, Optional<Cursor> next) {

    public CustomerPage {
        customers = List.copyOf(customers);
    }

    /** A place between two customers. It stays right when customers are added or removed before it. */
    public record Cursor(String lastName, String firstName, String key) {

        /** @throws dev.ringshard.failure.InvalidInputException if no customer can have such names */
        public Cursor {
            NewCustomer.checkName(lastName, "last");
            NewCustomer.checkName(firstName, "first");
        }

        static Cursor after(Customer customer) {
            return new Cursor(customer.lastName(), customer.firstName(), customer.key());
        }

        @Override
        public String toString() {
            return "Cursor"; // logs must not show a customer's values
        }
    }
}
