package dev.ringshard.bench;

/** The tables of the customers without anything of Ringshard's: what COPY writes to when a person moves rows by hand. */
final class PlainTables {
    static final String SQL = """
            CREATE TABLE customers (
                customer_key varchar(255) COLLATE "C" PRIMARY KEY, first_name varchar(200) COLLATE "C" NOT NULL,
                last_name varchar(200) COLLATE "C" NOT NULL, savings numeric(19, 2) NOT NULL,
                checking numeric(19, 2) NOT NULL, retirement_401k numeric(19, 2) NOT NULL, ring_token bigint NOT NULL,
                version bigint NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL);
            CREATE INDEX customers_ring_token ON customers (ring_token);
            CREATE INDEX customers_name ON customers (last_name, first_name, customer_key);
            CREATE TABLE account_entries (
                customer_key varchar(255) COLLATE "C" NOT NULL, operation_id varchar(120) COLLATE "C" NOT NULL,
                entry_number bigint NOT NULL, kind varchar(16) NOT NULL, account varchar(16) NOT NULL,
                amount numeric(19, 2) NOT NULL, balance_after numeric(19, 2) NOT NULL, ring_token bigint NOT NULL,
                created_at timestamptz NOT NULL, booked_on date, counterparty varchar(255) COLLATE "C",
                counterparty_account varchar(16) COLLATE "C", PRIMARY KEY (customer_key, operation_id));
            CREATE INDEX account_entries_ring_token ON account_entries (ring_token)""";

    private PlainTables() {}
}
