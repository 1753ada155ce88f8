-- Tables of an application that keeps notes of its customers' postings beside the bank's tables, as its triggers and foreign
-- keys would have it: no move of a customer may show in them.

-- The number is that of the entry that it is of. previous is the customer's last note before; written_at is the trigger's.
CREATE TABLE notes (
    customer_key varchar(255) COLLATE "C" NOT NULL,
    number       bigint NOT NULL,
    operation_id varchar(120) NOT NULL,
    previous     bigint,
    written_at   timestamp(6),
    CONSTRAINT notes_pk PRIMARY KEY (customer_key, number),
    CONSTRAINT notes_customer FOREIGN KEY (customer_key) REFERENCES customers (customer_key) ON DELETE CASCADE,
    CONSTRAINT notes_previous FOREIGN KEY (customer_key, previous) REFERENCES notes (customer_key, number)
);

-- What happened to notes on this shard, each as the text of its row. It belongs to no customer, and stays where it was written.
CREATE TABLE outbox (
    what varchar(10) NOT NULL,
    note text NOT NULL
);

CREATE FUNCTION stamp_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.written_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION stamp_note();

CREATE FUNCTION tell_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (what, note) VALUES (TG_OP, CASE TG_OP WHEN 'DELETE' THEN OLD::text ELSE NEW::text END);
    RETURN NULL;
END $$;

CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON notes FOR EACH ROW EXECUTE FUNCTION tell_note();
