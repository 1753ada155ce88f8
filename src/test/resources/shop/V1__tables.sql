CREATE TABLE tenants (
    id   uuid PRIMARY KEY,
    name varchar(100) NOT NULL
);
CREATE TABLE orders (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    number    integer NOT NULL,
    amount    numeric(12, 2) NOT NULL,
    PRIMARY KEY (tenant_id, number)
);
