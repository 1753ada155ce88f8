-- The customers, and one entry for every movement of their money: a balance is the sum of its entries.
-- ring_token is the position of customer_key on the ring. The library computes it; nobody types it.

CREATE TABLE customers (
    customer_key    varchar(255) NOT NULL,
    first_name      varchar(200) NOT NULL,
    last_name       varchar(200) NOT NULL,
    savings         numeric(19, 2) DEFAULT 0 NOT NULL,
    checking        numeric(19, 2) DEFAULT 0 NOT NULL,
    retirement_401k numeric(19, 2) DEFAULT 0 NOT NULL,
    ring_token      bigint NOT NULL,
    version         bigint DEFAULT 1 NOT NULL,
    created_at      timestamp(6) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    updated_at      timestamp(6) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT customers_pk PRIMARY KEY (customer_key)
);

CREATE INDEX customers_ring_token ON customers (ring_token);

-- entry_number is the customer's version right after the entry: it orders the entries of one customer.
-- booked_on is the day of what happened elsewhere and was booked here; created_at is when it was. The counterparty is who else a
-- transfer was with, and that customer's account.
CREATE TABLE account_entries (
    customer_key  varchar(255) NOT NULL,
    operation_id  varchar(120) NOT NULL,
    entry_number  bigint NOT NULL,
    kind          varchar(16) NOT NULL,
    account       varchar(16) NOT NULL,
    amount        numeric(19, 2) NOT NULL,
    balance_after numeric(19, 2) NOT NULL,
    ring_token    bigint NOT NULL,
    created_at    timestamp(6) with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    booked_on     date,
    counterparty  varchar(255),
    counterparty_account varchar(16),
    CONSTRAINT account_entries_pk PRIMARY KEY (customer_key, operation_id),
    CONSTRAINT account_entries_kind CHECK (regexp_like(kind, '^(OPENING|DEPOSIT|WITHDRAWAL|TRANSFER)$')),
    CONSTRAINT account_entries_account CHECK (regexp_like(account, '^(SAVINGS|CHECKING|RETIREMENT_401K)$'))
);

CREATE INDEX account_entries_ring_token ON account_entries (ring_token);

-- Money that a customer has sent to customers of other shards, less what has come from there: added up over all customers, what is
-- on its way. A row stays after its customer, because the other side is counted elsewhere.
CREATE TABLE customer_clearing (
    customer_key varchar(255) NOT NULL,
    amount       numeric(25, 2) NOT NULL,
    ring_token   bigint NOT NULL,
    CONSTRAINT customer_clearing_pk PRIMARY KEY (customer_key)
);

CREATE INDEX customer_clearing_ring_token ON customer_clearing (ring_token);
