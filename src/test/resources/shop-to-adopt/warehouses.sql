-- After the tables of the TPC-C benchmark: keys of several columns, warehouse in front.
CREATE TABLE warehouse (w_id smallint PRIMARY KEY, w_name varchar(10));
CREATE TABLE item (i_id int PRIMARY KEY, i_name varchar(24), i_price numeric(5,2));
CREATE TABLE district (d_id smallint, d_w_id smallint REFERENCES warehouse, d_next_o_id int, PRIMARY KEY (d_w_id, d_id));
CREATE TABLE customer (c_id int, c_d_id smallint, c_w_id smallint, c_last varchar(16), PRIMARY KEY (c_w_id, c_d_id, c_id), FOREIGN KEY (c_w_id, c_d_id) REFERENCES district (d_w_id, d_id));
CREATE TABLE history (h_c_id int, h_c_d_id smallint, h_c_w_id smallint, h_d_id smallint, h_w_id smallint, h_amount numeric(6,2), FOREIGN KEY (h_c_w_id, h_c_d_id, h_c_id) REFERENCES customer (c_w_id, c_d_id, c_id), FOREIGN KEY (h_w_id, h_d_id) REFERENCES district (d_w_id, d_id));
CREATE TABLE orders (o_id int, o_d_id smallint, o_w_id smallint, o_c_id int, PRIMARY KEY (o_w_id, o_d_id, o_id), FOREIGN KEY (o_w_id, o_d_id, o_c_id) REFERENCES customer (c_w_id, c_d_id, c_id));
CREATE TABLE new_order (no_o_id int, no_d_id smallint, no_w_id smallint, PRIMARY KEY (no_w_id, no_d_id, no_o_id), FOREIGN KEY (no_w_id, no_d_id, no_o_id) REFERENCES orders (o_w_id, o_d_id, o_id));
CREATE TABLE stock (s_i_id int REFERENCES item, s_w_id smallint REFERENCES warehouse, s_quantity smallint, PRIMARY KEY (s_w_id, s_i_id));
CREATE TABLE order_line (ol_o_id int, ol_d_id smallint, ol_w_id smallint, ol_number smallint, ol_i_id int, ol_supply_w_id smallint, PRIMARY KEY (ol_w_id, ol_d_id, ol_o_id, ol_number), FOREIGN KEY (ol_w_id, ol_d_id, ol_o_id) REFERENCES orders (o_w_id, o_d_id, o_id), FOREIGN KEY (ol_supply_w_id, ol_i_id) REFERENCES stock (s_w_id, s_i_id));
