INSERT INTO countries VALUES ('DE', 'Germany'), ('FR', 'France');
INSERT INTO currencies VALUES ('EUR', 'DE');
INSERT INTO feature_switches VALUES ('new-basket', true);
INSERT INTO tenants (name, country) SELECT 'Shop ' || n, 'DE' FROM generate_series(1, 20) n;
INSERT INTO users (tenant_id, email) SELECT id, 'one@' || name FROM tenants;
INSERT INTO users (tenant_id, email, manager_id) SELECT tenant_id, 'other@' || email, id FROM users;
INSERT INTO orders (tenant_id, placed_by, currency)
    SELECT tenant_id, id, 'EUR' FROM users, generate_series(1, 10);
INSERT INTO order_lines (order_id, line, quantity, price) SELECT id, line, 2, 9.99 FROM orders, generate_series(1, 30) line;
INSERT INTO returns (order_id, line) SELECT order_id, line FROM order_lines WHERE line = 1;
INSERT INTO sessions (tenant_id, token) SELECT tenant_id, email FROM users;
ANALYZE;
SELECT pg_stat_force_next_flush(); -- so that its counters are there when somebody asks next
