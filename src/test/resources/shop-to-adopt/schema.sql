-- A shop as a team may have it: nothing in it was made with shards in mind.
CREATE TYPE plan AS ENUM ('free', 'basic', 'large');
CREATE TYPE order_status AS ENUM ('open', 'paid', 'sent');

CREATE TABLE countries (code char(2) PRIMARY KEY, name text NOT NULL);
CREATE TABLE currencies (code char(3) PRIMARY KEY, country char(2) REFERENCES countries);

CREATE TABLE tenants (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL,
    plan plan NOT NULL DEFAULT 'free',
    country char(2) NOT NULL REFERENCES countries,
    settings jsonb NOT NULL DEFAULT '{}');

CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    email text NOT NULL CONSTRAINT users_email_once UNIQUE,
    manager_id bigint REFERENCES users,
    changed_at timestamptz NOT NULL DEFAULT now());

CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    placed_by bigint NOT NULL REFERENCES users,
    currency char(3) NOT NULL REFERENCES currencies,
    status order_status NOT NULL DEFAULT 'open',
    placed_at timestamptz NOT NULL DEFAULT now());

CREATE TABLE order_lines (
    order_id bigint NOT NULL REFERENCES orders,
    line integer NOT NULL,
    quantity integer NOT NULL,
    price numeric(12, 2) NOT NULL,
    amount numeric(14, 2) GENERATED ALWAYS AS (quantity * price) STORED,
    PRIMARY KEY (order_id, line));

CREATE TABLE returns (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    order_id bigint NOT NULL,
    line integer NOT NULL,
    reason text,
    FOREIGN KEY (order_id, line) REFERENCES order_lines (order_id, line));

CREATE UNLOGGED TABLE sessions (
    tenant_id uuid REFERENCES tenants,
    token text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now());

CREATE TABLE audit_log (
    id bigserial PRIMARY KEY,
    tenant_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    change jsonb NOT NULL);

CREATE TABLE feature_switches (name text PRIMARY KEY, is_on boolean NOT NULL);

CREATE INDEX orders_by_tenant ON orders (tenant_id, placed_at);

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := now();
    RETURN NEW;
END $$;

CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_log (tenant_id, change) VALUES (NEW.tenant_id, to_jsonb(NEW));
    RETURN NULL;
END $$;

CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER orders_audit AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION audit();
ALTER TABLE orders ENABLE ALWAYS TRIGGER orders_audit;

CREATE VIEW order_totals AS
    SELECT orders.id, orders.tenant_id, sum(amount) AS total
    FROM orders JOIN order_lines ON order_id = orders.id GROUP BY orders.id;
