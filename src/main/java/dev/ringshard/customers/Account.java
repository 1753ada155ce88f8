package dev.ringshard.customers;

import static dev.ringshard.generated.default_schema.Tables.CUSTOMERS;

import java.math.BigDecimal;
import org.jooq.TableField;
import dev.ringshard.generated.default_schema.tables.records.CustomersRecord;

/** The accounts that every customer has. */
public enum Account {
    SAVINGS(CUSTOMERS.SAVINGS),
    CHECKING(CUSTOMERS.CHECKING),
    RETIREMENT_401K(CUSTOMERS.RETIREMENT_401K);

    private final transient TableField<CustomersRecord, BigDecimal> balance;

    Account(TableField<CustomersRecord, BigDecimal> balance) {
        this.balance = balance;
    }

    /** The column of the customer's row that holds this account's balance. */
    TableField<CustomersRecord, BigDecimal> balance() {
        return balance;
    }
}
