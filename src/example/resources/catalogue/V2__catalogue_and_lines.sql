-- The same rows on every shard, by this migration: what the shop sells belongs to no tenant.
CREATE TABLE products (
    id    integer PRIMARY KEY,
    name  varchar(100) NOT NULL,
    price numeric(12, 2) NOT NULL
);
INSERT INTO products VALUES
    (1, 'Tea, 100 g', 6.50),
    (2, 'Coffee, 250 g', 8.90),
    (3, 'Cup', 12.00),
    (4, 'Pot', 34.00);

ALTER TABLE tenants ADD COLUMN last_number integer DEFAULT 0 NOT NULL;

ALTER TABLE orders ADD COLUMN request uuid NOT NULL;
ALTER TABLE orders ADD CONSTRAINT orders_request UNIQUE (tenant_id, request);

CREATE TABLE order_lines (
    tenant_id  uuid NOT NULL,
    number     integer NOT NULL,
    line       integer NOT NULL,
    product_id integer NOT NULL REFERENCES products (id),
    quantity   integer NOT NULL,
    PRIMARY KEY (tenant_id, number, line),
    FOREIGN KEY (tenant_id, number) REFERENCES orders (tenant_id, number)
);
