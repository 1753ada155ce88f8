-- H2 compares text by UTF-16 unit; pages across shards order by its UTF-8 bytes instead, as PostgreSQL does.
-- The index finds by last name.
CREATE INDEX customers_name ON customers (last_name, first_name, customer_key);
