-- All shards must sort alike, whatever their locale, or a page across shards would skip or repeat customers:
-- code point order, which is also the fastest.
ALTER TABLE customers
    ALTER COLUMN customer_key TYPE varchar(255) COLLATE "C",
    ALTER COLUMN first_name TYPE varchar(200) COLLATE "C",
    ALTER COLUMN last_name TYPE varchar(200) COLLATE "C";
ALTER TABLE account_entries
    ALTER COLUMN customer_key TYPE varchar(255) COLLATE "C",
    ALTER COLUMN operation_id TYPE varchar(120) COLLATE "C";
ALTER TABLE customer_clearing
    ALTER COLUMN customer_key TYPE varchar(255) COLLATE "C";

-- PostgreSQL's numeric has a value that is no number, and that every sum with it becomes.
ALTER TABLE customers
    ADD CONSTRAINT customers_amounts CHECK (savings <> 'NaN' AND checking <> 'NaN' AND retirement_401k <> 'NaN');
ALTER TABLE account_entries
    ADD CONSTRAINT account_entries_amounts CHECK (amount <> 'NaN' AND balance_after <> 'NaN');

CREATE INDEX customers_name ON customers (last_name, first_name, customer_key);
