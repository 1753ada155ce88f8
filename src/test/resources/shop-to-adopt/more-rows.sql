-- So many tenants more, some 238 rows each; the first of them has a tenth of all orders by itself.
INSERT INTO tenants (name, country) SELECT 'Tenant ' || n, 'FR' FROM generate_series(1, %1$d) n;
INSERT INTO users (tenant_id, email) SELECT id, n || '@' || name FROM tenants, generate_series(1, 5) n WHERE name LIKE 'Tenant %%';
INSERT INTO sessions (tenant_id, token) SELECT tenant_id, email FROM users WHERE email LIKE '%%@Tenant %%';
INSERT INTO orders (tenant_id, placed_by, currency)
    SELECT tenant_id, users.id, 'EUR' FROM users JOIN tenants ON tenants.id = tenant_id,
        generate_series(1, CASE tenants.name WHEN 'Tenant 1' THEN %1$d * 8 / 9 ELSE 8 END)
    WHERE name LIKE 'Tenant %%';
INSERT INTO order_lines (order_id, line, quantity, price)
    SELECT orders.id, line, 1 + orders.id %% 5, 0.01 * (orders.id %% 1000) + line
    FROM orders, generate_series(1, 3) line
    WHERE NOT EXISTS (SELECT FROM order_lines WHERE order_id = orders.id);
INSERT INTO returns (order_id, line) SELECT id, 2 FROM orders WHERE id %% 10 = 0;
VACUUM ANALYZE;
