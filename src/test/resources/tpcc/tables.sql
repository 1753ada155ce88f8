-- The tables of TPC-C, by its specification.
CREATE TABLE warehouse (
    w_id integer PRIMARY KEY, w_name varchar(10), w_street_1 varchar(20), w_city varchar(20), w_state char(2), w_zip char(9),
    w_tax decimal(4, 4), w_ytd decimal(12, 2));
CREATE TABLE district (
    d_id smallint, d_w_id integer REFERENCES warehouse, d_name varchar(10), d_tax decimal(4, 4), d_ytd decimal(12, 2),
    d_next_o_id integer, PRIMARY KEY (d_w_id, d_id));
CREATE TABLE customer (
    c_id integer, c_d_id smallint, c_w_id integer, c_first varchar(16), c_middle char(2), c_last varchar(16), c_since timestamp,
    c_credit char(2), c_balance decimal(12, 2), c_data varchar(500), PRIMARY KEY (c_w_id, c_d_id, c_id),
    FOREIGN KEY (c_w_id, c_d_id) REFERENCES district (d_w_id, d_id));
CREATE TABLE history (
    h_c_id integer, h_c_d_id smallint, h_c_w_id integer, h_d_id smallint, h_w_id integer, h_date timestamp,
    h_amount decimal(6, 2), h_data varchar(24),
    FOREIGN KEY (h_c_w_id, h_c_d_id, h_c_id) REFERENCES customer (c_w_id, c_d_id, c_id),
    FOREIGN KEY (h_w_id, h_d_id) REFERENCES district (d_w_id, d_id));
CREATE TABLE oorder (
    o_id integer, o_d_id smallint, o_w_id integer, o_c_id integer, o_entry_d timestamp, o_carrier_id smallint, o_ol_cnt smallint,
    o_all_local smallint, PRIMARY KEY (o_w_id, o_d_id, o_id),
    FOREIGN KEY (o_w_id, o_d_id, o_c_id) REFERENCES customer (c_w_id, c_d_id, c_id));
CREATE TABLE new_order (
    no_o_id integer, no_d_id smallint, no_w_id integer, PRIMARY KEY (no_w_id, no_d_id, no_o_id),
    FOREIGN KEY (no_w_id, no_d_id, no_o_id) REFERENCES oorder (o_w_id, o_d_id, o_id));
CREATE TABLE item (i_id integer PRIMARY KEY, i_im_id integer, i_name varchar(24), i_price decimal(5, 2), i_data varchar(50));
CREATE TABLE stock (
    s_i_id integer REFERENCES item, s_w_id integer REFERENCES warehouse, s_quantity smallint, s_dist_01 char(24), s_ytd decimal(8, 0),
    s_order_cnt smallint, s_remote_cnt smallint, s_data varchar(50), PRIMARY KEY (s_w_id, s_i_id));
CREATE TABLE order_line (
    ol_o_id integer, ol_d_id smallint, ol_w_id integer, ol_number smallint, ol_i_id integer, ol_supply_w_id integer,
    ol_delivery_d timestamp, ol_quantity smallint, ol_amount decimal(6, 2), ol_dist_info char(24),
    PRIMARY KEY (ol_w_id, ol_d_id, ol_o_id, ol_number),
    FOREIGN KEY (ol_w_id, ol_d_id, ol_o_id) REFERENCES oorder (o_w_id, o_d_id, o_id),
    FOREIGN KEY (ol_supply_w_id, ol_i_id) REFERENCES stock (s_w_id, s_i_id));
CREATE INDEX customer_by_name ON customer (c_w_id, c_d_id, c_last, c_first);
CREATE UNIQUE INDEX order_by_customer ON oorder (o_w_id, o_d_id, o_c_id, o_id);
INSERT INTO warehouse SELECT n, 'W' || n, 'Street', 'City', 'DE', '123456789', 0.1, 300000 FROM generate_series(1, 12) n;
INSERT INTO district SELECT d, w_id, 'D' || d, 0.1, 30000, 31 FROM warehouse, generate_series(1, 10) d;
INSERT INTO customer SELECT n, d_id, d_w_id, 'First' || n, 'OE', 'Last' || n % 7, now(), 'GC', -10, repeat('x', 300)
    FROM district, generate_series(1, 30) n;
INSERT INTO history SELECT c_id, c_d_id, c_w_id, c_d_id, c_w_id, now(), 10, 'begin' FROM customer;
INSERT INTO oorder SELECT c_id, c_d_id, c_w_id, c_id, now(), NULL, 5, 1 FROM customer;
INSERT INTO new_order SELECT o_id, o_d_id, o_w_id FROM oorder WHERE o_id > 20;
INSERT INTO item SELECT n, n, 'Item ' || n, 9.99, 'original' FROM generate_series(1, 1000) n;
INSERT INTO stock SELECT i_id, w_id, 50, repeat('s', 24), 0, 0, 0, 'stock' FROM item, warehouse;
INSERT INTO order_line SELECT o_id, o_d_id, o_w_id, n, 1 + (o_id * 7 + n * 13) % 1000, o_w_id, NULL, 5, 49.95, 'info'
    FROM oorder, generate_series(1, 5) n;
-- One line of a hundred is supplied by another warehouse.
INSERT INTO order_line SELECT o_id, o_d_id, o_w_id, 6, 1, 1 + o_w_id % 12, NULL, 5, 49.95, 'info' FROM oorder WHERE o_id = 1;
ANALYZE;
