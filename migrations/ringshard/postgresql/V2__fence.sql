-- The fence on PostgreSQL: work for a token holds the row of its range FOR KEY SHARE until commit, and a mover holds
-- it FOR UPDATE. Whoever writes to a sharded table, by whatever way, comes through here.
--
-- Where nobody is about to move anything, a writer passes without that row: see "slots" below.
--
-- A row lock needs the right to UPDATE, which an application's user must not have: enter, hold_owned and the trigger functions
-- run as their owner. INVARIANT: in what does, every name and every operator names its schema (BETWEEN cannot), so that nothing
-- of the caller's search_path gets in. That costs nothing to speak of; SET search_path cost each call a quarter of its
-- time on PostgreSQL 15.

-- No two owned ranges can overlap. The last token of all has no successor: its range is unbounded above.
ALTER TABLE ringshard.owned_range ADD CONSTRAINT owned_range_no_overlap
    EXCLUDE USING gist (int8range(first_token, nullif(last_token, 9223372036854775807) + 1) WITH &&);

-- What came out of a dump is older than what the other shards know, and whoever is connected notices nothing: its tables are
-- others, but have the same names. A row of these two says in which table it was written, so that one that came by a dump tells
-- so itself, and counts for nothing until somebody has compared the shard with the others.
--
-- Two servers that are made in the same way number their tables alike, so the server's own number is part of that. It is another
-- after pg_upgrade, where it computes no row anew: what changes a row later leaves it as trustworthy as it was, see close_changed.
CREATE FUNCTION ringshard.number_of(table_number oid) RETURNS bigint LANGUAGE sql IMMUTABLE -- for what is generated
    RETURN (SELECT hashint8extended(system_identifier, table_number::bigint) FROM pg_control_system());

CREATE FUNCTION ringshard.number_of(table_name text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ringshard.number_of(table_name::pg_catalog.regclass::pg_catalog.oid);
END $$;

ALTER TABLE ringshard.membership DROP COLUMN is_restored,
    ADD COLUMN table_number bigint DEFAULT ringshard.number_of('ringshard.membership') NOT NULL,
    ADD COLUMN is_restored boolean GENERATED ALWAYS AS (table_number OPERATOR(pg_catalog.<>) ringshard.number_of(tableoid)) STORED NOT NULL;
ALTER TABLE ringshard.owned_range DROP COLUMN is_restored,
    ADD COLUMN table_number bigint DEFAULT ringshard.number_of('ringshard.owned_range') NOT NULL,
    ADD COLUMN is_restored boolean GENERATED ALWAYS AS (table_number OPERATOR(pg_catalog.<>) ringshard.number_of(tableoid)) STORED NOT NULL;

-- Until then nothing of who owns what changes, whoever wants to change it; but logical replication fills a new database, and what
-- it brings is told like what a dump brings. It is a replica, as movers are, and does not announce itself as they do.
CREATE FUNCTION ringshard.refuse_restored() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_catalog.current_setting('session_replication_role') OPERATOR(pg_catalog.=) 'replica'
       AND coalesce(pg_catalog.current_setting('ringshard.mover', true), '') OPERATOR(pg_catalog.<>) 'on' THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM ringshard.membership WHERE is_restored) THEN
        RAISE EXCEPTION USING ERRCODE = 'RS008',
            MESSAGE = 'this shard was restored from a dump, and nobody has compared it with the other shards since',
            HINT = 'Nothing was changed. The command "recover" compares it.';
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    changed text;
BEGIN
    FOREACH changed IN ARRAY ARRAY['owned_range', 'incoming_range', 'departed_range', 'handover'] LOOP
        EXECUTE format('CREATE TRIGGER ringshard_restored BEFORE INSERT OR UPDATE OR DELETE ON ringshard.%I '
            'FOR EACH STATEMENT EXECUTE FUNCTION ringshard.refuse_restored()', changed);
    END LOOP;
END $$;

-- The triggers on Ringshard's own tables fire for movers, too. A restore that disables all triggers enables them only for others.
CREATE FUNCTION ringshard.enable_always() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    enabled record;
BEGIN
    FOR enabled IN
        SELECT tgname, tgrelid::regclass AS on_table FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = 'ringshard'::regnamespace AND NOT tgisinternal AND tgenabled <> 'A'
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', enabled.on_table, enabled.tgname);
    END LOOP;
END $$;

-- For whoever has compared the shard with all others, and found that nothing contradicts it. Counters are set past what has come,
-- as logical replication brings rows and no counters.
CREATE FUNCTION ringshard.accept_restored() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    counted record;
BEGIN
    PERFORM ringshard.enable_always();
    FOR counted IN
        SELECT attrelid::regclass AS in_table, quote_ident(attname) AS name, pg_get_serial_sequence(attrelid::regclass::text, attname) AS counter
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'ringshard'::regnamespace AND attidentity <> ''
    LOOP
        EXECUTE format('SELECT setval(%1$L, max(%2$s)) FROM %3$s HAVING max(%2$s) > coalesce(pg_sequence_last_value(%1$L::regclass), 0)',
            counted.counter, counted.name, counted.in_table);
    END LOOP;
    UPDATE ringshard.membership SET table_number = DEFAULT WHERE is_restored;
    UPDATE ringshard.owned_range SET table_number = DEFAULT WHERE is_restored;
    IF ringshard.slots(0) IS NULL THEN
        PERFORM ringshard.adopt_slots();
    END IF;
END $$;

-- The token of a key: the first 8 bytes, big-endian, of the MD5 of its UTF-8 bytes, as a signed number. Without settings of its
-- own, so that it is inlined: an index on it serves conditions on it.
CREATE FUNCTION ringshard.token(shard_key text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ('x' OPERATOR(pg_catalog.||) pg_catalog.substr(pg_catalog.md5(shard_key), 1, 16))::bit(64)::bigint;

-- Whether this shard owns a token, in the snapshot of the query that asks: leaves out of a query over all shards what is on its
-- way. With the rights of whoever asks.
CREATE FUNCTION ringshard.is_owned(row_token bigint) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN coalesce((SELECT last_token OPERATOR(pg_catalog.>=) row_token FROM ringshard.owned_range
                     WHERE first_token OPERATOR(pg_catalog.<=) row_token AND NOT is_restored
                     ORDER BY first_token DESC LIMIT 1), false);
END $$;

-- The same for large tables, where a call for each row takes longer than the rest: (SELECT ringshard.owned_tokens()) is computed
-- once for a query, and contains what is_owned is true of.
CREATE FUNCTION ringshard.owned_tokens() RETURNS int8multirange LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT coalesce(range_agg(int8range(first_token, nullif(last_token, 9223372036854775807) + 1)), '{}')
            FROM ringshard.owned_range WHERE NOT is_restored);

-- Refuses a token that this shard does not own, and says who does, if the shard knows.
-- DETAIL is for programs: the token, and owner and epoch of its newest handover away from here.
CREATE FUNCTION ringshard.refuse(refused_token bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    this_shard pg_catalog.text :=
        (SELECT coalesce(pg_catalog.max(shard_name), 'that is not initialised') FROM ringshard.membership);
    moved pg_catalog.record;
BEGIN
    IF EXISTS (SELECT FROM ringshard.membership WHERE is_restored) THEN
        RAISE EXCEPTION USING ERRCODE = 'RS001',
            MESSAGE = pg_catalog.format('shard %s was restored from a dump, and nobody has compared it with the other shards since', this_shard),
            DETAIL = pg_catalog.format('token=%s', refused_token),
            HINT = 'Nothing was written. Whoever comes through Ringshard next compares it, and so does its command "recover".';
    END IF;
    SELECT away.target, away.epoch INTO moved
    FROM (SELECT first_token, last_token, target, epoch FROM ringshard.handover
          UNION ALL
          SELECT first_token, last_token, target, epoch FROM ringshard.departed_range) away
    WHERE away.first_token OPERATOR(pg_catalog.<=) refused_token
      AND away.last_token OPERATOR(pg_catalog.>=) refused_token
    ORDER BY away.epoch DESC LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'RS001',
            MESSAGE = pg_catalog.format('shard %s does not own token %s: it was handed over to shard %s', this_shard, refused_token, moved.target),
            DETAIL = pg_catalog.format('token=%s owner=%s epoch=%s', refused_token, moved.target, moved.epoch),
            HINT = pg_catalog.format('Nothing was written. Write through Ringshard, which finds the owner, or to shard %s.', moved.target);
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'RS001',
        MESSAGE = pg_catalog.format('shard %s does not own token %s, and does not know which shard does', this_shard, refused_token),
        DETAIL = pg_catalog.format('token=%s', refused_token),
        HINT = 'Nothing was written. Write through Ringshard, which finds the owner; its command "locate" names it.';
END $$;

-- Slots. The ring has 4,096 of them, by a token's top 12 bits, in 64 parts. A slot is open while this shard owns all of it, and
-- nobody copies any of it: then whoever writes there passes without a row of owned_range, and writes none himself. Which slots of a
-- part are open is the value of the part's sequence, a bit for each, because that is read without a query and without a snapshot.
--
--   The writer takes the part's lock, shared and until its transaction ends, without waiting; only then it reads the sequence.
--   Where the lock is not to be had at once, or the slot is not open, it goes the way of the row.
--   Who changes a row of owned_range that is not being copied closes the slots of its parts first, then waits for the part's lock,
--   and so for everybody who has passed; from then on nobody passes until slots are opened again. A trigger sees to that.
--   Slots are opened by one function, by what owned_range says then, while nobody is in the middle of changing it.
--
-- A part's sequence has bits for its open slots; 0 if none is open and nobody writes any more who found one open; or was never
-- called, if none is open. So they are after a crash and on a standby that takes over, because they are not logged, and after a
-- restore, because the view below empties them; where it does not, as with a dump of data alone, nobody reads them: which sequences
-- they are is said for one table owned_range, and there it is another. INVARIANT: nobody reads the old value to make a new one, as sequences are in
-- no transaction: a part is closed as a whole, and opened by all of what owned_range says.
--
-- Only at READ COMMITTED: the snapshot of a longer one may be older than what is read here, and show rows as they were before
-- they came. A lock's number is one that an application's locks will hardly have; if one has it, writers take the row.
DO $slots$
BEGIN
    FOR part IN -32..31 LOOP
        EXECUTE format('CREATE UNLOGGED SEQUENCE ringshard.slots_%s MINVALUE -9223372036854775808 START 0', part + 32);
    END LOOP;
END $slots$;

-- Called once slots were opened since the server has started, and not while they are to be opened again.
CREATE UNLOGGED SEQUENCE ringshard.slots_opened;

CREATE FUNCTION ringshard.forget_slots() RETURNS bigint LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT setval('ringshard.slots_opened', 1, false)
        + sum(setval(format('ringshard.slots_%s', part)::regclass, 0, false))::bigint
    FROM generate_series(0, 63) part
$$;

-- Makes what says which sequence a part has, and none in a database that comes out of a dump of this one: there the table has another
-- number. That is compared when a plan is made, and costs a writer nothing.
CREATE FUNCTION ringshard.adopt_slots() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $adopt$
BEGIN
    PERFORM ringshard.forget_slots();
    EXECUTE format($function$
CREATE OR REPLACE FUNCTION ringshard.slots(part int) RETURNS regclass LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
    SELECT CASE WHEN 'ringshard.owned_range'::pg_catalog.regclass::pg_catalog.oid OPERATOR(pg_catalog.=) %s::pg_catalog.oid
                THEN ('[-32:31]={%s}'::pg_catalog.regclass[])[part] END $body$ $function$,
        'ringshard.owned_range'::regclass::oid,
        (SELECT string_agg('ringshard.slots_' || part, ',' ORDER BY part) FROM generate_series(0, 63) part));
END $adopt$;

SELECT ringshard.adopt_slots();

-- Whether a writer passes without a row, which is so until its transaction ends. In one expression, which is inlined: to begin an
-- expression costs more than to compute it. A mover that is no replica comes by as well, and should not keep another one off.
CREATE FUNCTION ringshard.passes(token bigint) RETURNS boolean LANGUAGE sql AS $$
    SELECT pg_catalog.concat(pg_catalog.current_setting('transaction_isolation'), pg_catalog.current_setting('ringshard.mover', true))
            OPERATOR(pg_catalog.=) 'read committed'
        AND pg_catalog.pg_try_advisory_xact_lock_shared(1919512167, (token OPERATOR(pg_catalog.>>) 58)::pg_catalog.int4)
        AND (pg_catalog.pg_sequence_last_value(ringshard.slots((token OPERATOR(pg_catalog.>>) 58)::pg_catalog.int4))
                OPERATOR(pg_catalog.>>) ((token OPERATOR(pg_catalog.>>) 52) OPERATOR(pg_catalog.&) 63)::pg_catalog.int4)
            OPERATOR(pg_catalog.&) 1 OPERATOR(pg_catalog.=) 1
$$;

-- Closes the slots of all parts that a range touches, until the transaction ends, and waits for whoever has passed. Nobody waits
-- meanwhile: who comes to write takes the row. Returns whether there was anything to close.
CREATE FUNCTION ringshard.close_slots(first_token bigint, last_token bigint) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    has_closed boolean := false;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1919512167, 64); -- nobody opens any
    FOR part IN (first_token >> 58)::int .. (last_token >> 58)::int LOOP
        CONTINUE WHEN pg_sequence_last_value(ringshard.slots(part)) = 0;
        PERFORM setval(ringshard.slots(part), 0, false);
        PERFORM pg_advisory_xact_lock(1919512167, part);
        PERFORM setval(ringshard.slots(part), 0);
        has_closed := true;
    END LOOP;
    RETURN has_closed;
END $$;

-- Opens the slots that are owned wholly and of which nothing is copied. It decides nothing, so anybody may ask for it; it waits
-- for nobody, and holds nothing once it is done. Where somebody is changing who owns what, it is left to who enters next; and
-- in a transaction that has written, or sees an older snapshot, to somebody else.
CREATE FUNCTION ringshard.open_slots() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' OR current_setting('transaction_read_only') = 'on'
       OR pg_current_xact_id_if_assigned() IS NOT NULL THEN
        RETURN;
    END IF;
    -- What this block does to the sequences stays when it fails, and its lock does not.
    BEGIN
        IF pg_try_advisory_xact_lock(1919512167, 64) THEN
            -- INVARIANT: in a snapshot that is taken once the lock is held.
            PERFORM setval(slots, coalesce(open, 0), open IS NOT NULL)
            FROM (SELECT ringshard.slots(slot >> 6), bit_or(1::bigint << (slot & 63)) FILTER (WHERE owned.tokens
                         @> int8range(slot::bigint << 52, (nullif(slot, 2047) + 1)::bigint << 52))
                  FROM generate_series(-2048, 2047) slot,
                      (SELECT coalesce(range_agg(int8range(first_token, nullif(last_token, 9223372036854775807) + 1)), '{}')
                       FROM ringshard.owned_range WHERE NOT is_logged AND NOT is_restored) owned (tokens)
                  GROUP BY slot >> 6) parts (slots, open)
            WHERE coalesce(open, 0) <> coalesce(pg_sequence_last_value(slots), 0);
            PERFORM setval('ringshard.slots_opened', 1);
        ELSE
            PERFORM setval('ringshard.slots_opened', 1, false);
        END IF;
        RAISE EXCEPTION USING ERRCODE = 'RS006';
    EXCEPTION WHEN SQLSTATE 'RS006' THEN
        NULL;
    END;
END $$;

-- INVARIANT: closed before the row changes, whoever changes it, also as a replica. A range that is being copied has no open slot,
-- and gets none.
CREATE FUNCTION ringshard.close_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF TG_OP OPERATOR(pg_catalog.=) 'TRUNCATE' THEN
        PERFORM ringshard.close_slots(-9223372036854775808, 9223372036854775807);
        RETURN NULL;
    END IF;
    IF NOT OLD.is_logged THEN
        PERFORM ringshard.close_slots(OLD.first_token, OLD.last_token);
    END IF;
    IF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NOT OLD.is_restored AND NEW.table_number OPERATOR(pg_catalog.=) OLD.table_number THEN
        NEW.table_number := ringshard.number_of('ringshard.owned_range');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ringshard_slots BEFORE UPDATE OR DELETE ON ringshard.owned_range
    FOR EACH ROW EXECUTE FUNCTION ringshard.close_changed();
CREATE TRIGGER ringshard_slots_truncate BEFORE TRUNCATE ON ringshard.owned_range
    EXECUTE FUNCTION ringshard.close_changed();

SELECT ringshard.enable_always();

-- For a writer who takes a row: behind a mover that waits in the queue for this part of the ring, and not past it. Shared row locks are
-- granted to whoever comes, so that where somebody always holds one, a mover would wait for ever; this lock is granted in order.
-- Whoever has it gets it again at once, so nobody waits for a mover that waits for him.
CREATE FUNCTION ringshard.queue_up(token bigint) RETURNS void LANGUAGE sql AS $$
    SELECT pg_catalog.pg_advisory_xact_lock_shared(1919512168, (token OPERATOR(pg_catalog.>>) 58)::pg_catalog.int4)
$$;

-- A dump has the values of sequences, of another moment than its tables; but last of all it has this view computed anew.
CREATE MATERIALIZED VIEW ringshard.slots_of_a_dump AS SELECT ringshard.forget_slots() AS forgotten;

-- Locks the range that holds the token until the transaction ends, or refuses; where its slot is open, nothing is to be locked.
CREATE FUNCTION ringshard.enter(entered_token bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    range_end bigint;
BEGIN
    IF ringshard.passes(entered_token) THEN
        RETURN;
    END IF;
    IF pg_catalog.pg_sequence_last_value('ringshard.slots_opened'::pg_catalog.regclass) IS NULL THEN
        PERFORM ringshard.open_slots();
    END IF;
    PERFORM ringshard.queue_up(entered_token);
    LOOP
        SELECT last_token INTO range_end FROM ringshard.owned_range
        WHERE first_token OPERATOR(pg_catalog.<=) entered_token AND NOT is_restored
        ORDER BY first_token DESC LIMIT 1 FOR KEY SHARE;
        IF range_end OPERATOR(pg_catalog.>=) entered_token THEN
            RETURN;
        END IF;
        -- The row may have been split while this waited for it: then its other half owns the token, in a newer snapshot.
        IF NOT EXISTS (SELECT FROM ringshard.owned_range
                       WHERE first_token OPERATOR(pg_catalog.<=) entered_token
                         AND last_token OPERATOR(pg_catalog.>=) entered_token AND NOT is_restored) THEN
            PERFORM ringshard.refuse(entered_token);
        END IF;
    END LOOP;
END $$;

-- For a read over all shards: what this shard owns, keeping movers off it until the transaction ends.
CREATE FUNCTION ringshard.hold_owned() RETURNS SETOF ringshard.owned_range LANGUAGE sql SECURITY DEFINER AS $$
    SELECT * FROM ringshard.owned_range WHERE NOT is_restored ORDER BY first_token FOR KEY SHARE;
$$;

-- Who leaves the cluster puts it on owned_range: nothing is given to this shard or taken from it any more.
CREATE FUNCTION ringshard.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'RS004',
        MESSAGE = 'this shard leaves its cluster, so that nothing moves to it or from it any more',
        HINT = 'Nothing was changed. The command "leave" ends what it began; "init" takes it back.';
END $$;

CREATE FUNCTION ringshard.fence_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'RS002',
        MESSAGE = pg_catalog.format('TRUNCATE of the sharded table %s is refused: it would also empty ranges that are on the move', TG_TABLE_NAME),
        HINT = 'Nothing was deleted. Use DELETE, which is fenced row by row.';
END $$;

-- Refuses a row that belongs to no key.
CREATE FUNCTION ringshard.refuse_null(in_table text, null_column text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'RS003',
        MESSAGE = pg_catalog.format('a row of %s has no %s, and so belongs to no key', in_table, null_column),
        HINT = pg_catalog.format('Nothing was written. Give %s a value.', null_column);
END $$;

-- Logs what was written, where the range of its token, whose row the caller holds, is being copied.
CREATE FUNCTION ringshard.log_change(written_token bigint, written_table text, written_key text[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO ringshard.change (epoch, token, table_name, row_key)
    SELECT epoch, written_token, written_table, written_key FROM ringshard.owned_range
    WHERE is_logged AND first_token OPERATOR(pg_catalog.<=) written_token AND last_token OPERATOR(pg_catalog.>=) written_token;
$$;

-- The columns of a table's primary key, if their texts say under all settings which row is meant, and the server does not compute
-- them after the fence has seen the row.
CREATE FUNCTION ringshard.row_key(of_table regclass) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT array_agg(attname::text ORDER BY part)
    FROM pg_catalog.pg_index, unnest(indkey::int2[]) WITH ORDINALITY AS key_part (number, part)
        JOIN pg_catalog.pg_attribute ON attnum = number
    WHERE indrelid = of_table AND attrelid = of_table AND indisprimary
    HAVING bool_and(attgenerated = '' AND atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype,
                                                       'text'::regtype, 'varchar'::regtype, 'uuid'::regtype));
$$;

-- Puts the fence on a sharded table. The trigger function is the table's own, so that it reads the columns of the row directly;
-- repeating it replaces both. It does as enter, for the token that a row has and the one that it gets; the look-up stands in it
-- once more because a call within a call costs a trigger a tenth of its time. Where the range is being copied, it logs the row.
-- Nearly always, the row keeps its key and its slot is open: that comes first, and computes one token.
--
-- The mover announces itself and passes, if who logged in may change ownership anyhow: anybody can announce, so the
-- announcement alone is worth nothing. (current_user is the owner in there.) In a WHEN clause that would cost a mover less
-- and everybody else more: the server parses the clause anew for each statement.
CREATE FUNCTION ringshard.fence_table(sharded_table regclass, source_column text, is_token boolean)
    RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    fence_name text := (SELECT 'fence_' || left(relname, 40) || '_' || left(md5(relnamespace::regnamespace || '.' || relname), 8)
                        FROM pg_catalog.pg_class WHERE oid = sharded_table);
    logged_name text := (SELECT nspname || '.' || relname FROM pg_catalog.pg_class
                        JOIN pg_catalog.pg_namespace named ON named.oid = relnamespace WHERE pg_class.oid = sharded_table);
    token_of text := CASE WHEN is_token THEN '%s.%I' ELSE 'ringshard.token(%s.%I::pg_catalog.text)' END;
    kept_token text := format(CASE WHEN is_token THEN '%s' ELSE 'ringshard.token((%s)::pg_catalog.text)' END, format(
        'CASE WHEN TG_OP OPERATOR(pg_catalog.=) ''DELETE'' THEN OLD.%1$I WHEN OLD.%1$I OPERATOR(pg_catalog.<>) NEW.%1$I THEN NULL ELSE NEW.%1$I END',
        source_column));
    key_columns text[] := ringshard.row_key(sharded_table);
    key_of text := coalesce((SELECT 'ARRAY[' || string_agg(format('%%1$s.%I::pg_catalog.text', name), ', ' ORDER BY part) || ']'
                             FROM unnest(key_columns) WITH ORDINALITY AS key_column (name, part)),
                            'NULL::pg_catalog.text[]');
BEGIN
    UPDATE ringshard.sharded_table SET row_key = key_columns WHERE schema_name || '.' || table_name = logged_name;
    EXECUTE format($function$
CREATE OR REPLACE FUNCTION ringshard.%1$I() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $body$
DECLARE
    range_end pg_catalog.int8;
    range_epoch pg_catalog.int8;
    range_is_logged pg_catalog.bool;
    row_token pg_catalog.int8 := %8$s;
BEGIN
    IF ringshard.passes(row_token) THEN
        IF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END IF;
    IF pg_catalog.current_setting('ringshard.mover', true) OPERATOR(pg_catalog.=) 'on'
       AND pg_catalog.has_table_privilege(session_user, 'ringshard.owned_range'::pg_catalog.regclass, 'UPDATE') THEN
        IF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN
        PERFORM ringshard.enter(%2$s);
        PERFORM ringshard.log_change(%2$s, %5$L, %6$s);
        RETURN OLD;
    END IF;
    IF TG_OP OPERATOR(pg_catalog.=) 'UPDATE' AND OLD.%4$I OPERATOR(pg_catalog.<>) NEW.%4$I THEN
        PERFORM ringshard.enter(%2$s);
        PERFORM ringshard.log_change(%2$s, %5$L, %6$s);
    END IF;
    row_token := %3$s;
    PERFORM ringshard.queue_up(row_token);
    SELECT last_token, epoch, is_logged INTO range_end, range_epoch, range_is_logged FROM ringshard.owned_range
    WHERE first_token OPERATOR(pg_catalog.<=) row_token AND NOT is_restored
    ORDER BY first_token DESC LIMIT 1 FOR KEY SHARE;
    IF range_end OPERATOR(pg_catalog.>=) row_token THEN
        IF range_is_logged THEN
            IF TG_OP OPERATOR(pg_catalog.=) 'UPDATE' AND %6$s OPERATOR(pg_catalog.<>) %7$s THEN
                INSERT INTO ringshard.change (epoch, token, table_name, row_key) VALUES (range_epoch, row_token, %5$L, %6$s);
            END IF;
            INSERT INTO ringshard.change (epoch, token, table_name, row_key) VALUES (range_epoch, row_token, %5$L, %7$s);
        END IF;
        RETURN NEW;
    END IF;
    IF row_token IS NULL THEN
        PERFORM ringshard.refuse_null(TG_TABLE_NAME::pg_catalog.text, %4$L);
    END IF;
    PERFORM ringshard.enter(row_token);
    IF TG_OP OPERATOR(pg_catalog.=) 'UPDATE' THEN
        PERFORM ringshard.log_change(row_token, %5$L, %6$s);
    END IF;
    PERFORM ringshard.log_change(row_token, %5$L, %7$s);
    RETURN NEW;
END $body$ $function$,
        fence_name, format(token_of, 'OLD', source_column), format(token_of, 'NEW', source_column), source_column,
        logged_name, format(key_of, 'OLD'), format(key_of, 'NEW'), kept_token);
    EXECUTE format('REVOKE EXECUTE ON FUNCTION ringshard.%I() FROM PUBLIC', fence_name);
    EXECUTE format('CREATE OR REPLACE TRIGGER ringshard_fence BEFORE INSERT OR UPDATE OR DELETE ON %s '
        'FOR EACH ROW EXECUTE FUNCTION ringshard.%I()', sharded_table, fence_name);
    -- Triggers fire in the order of their names: one that comes later could set another key.
    IF EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE NOT tgisinternal
                 AND (tgrelid = sharded_table OR tgrelid IN (SELECT relid FROM pg_catalog.pg_partition_tree(sharded_table)))
                 AND tgtype & 3 = 3 AND tgtype & 20 <> 0 AND tgname COLLATE "C" > 'ringshard_fence'
                 AND tgname NOT IN ('ringshard_fence_after', 'ringshard_fence_truncate')) THEN
        EXECUTE format('CREATE OR REPLACE TRIGGER ringshard_fence_after AFTER INSERT OR UPDATE ON %s '
            'FOR EACH ROW EXECUTE FUNCTION ringshard.%I()', sharded_table, fence_name);
    END IF;
    EXECUTE format('CREATE OR REPLACE TRIGGER ringshard_fence_truncate BEFORE TRUNCATE ON %s '
        'EXECUTE FUNCTION ringshard.fence_truncate()', sharded_table);
END $$;

-- Refuses what is written to a reference table past Ringshard, which announces itself as a mover does.
CREATE FUNCTION ringshard.refuse_reference_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF TG_OP OPERATOR(pg_catalog.<>) 'TRUNCATE'
       AND pg_catalog.current_setting('ringshard.reference', true)
           OPERATOR(pg_catalog.=) pg_catalog.concat(TG_TABLE_SCHEMA, '.', TG_TABLE_NAME)
       AND pg_catalog.has_table_privilege(session_user, 'ringshard.reference_table'::pg_catalog.regclass, 'UPDATE') THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'RS007',
        MESSAGE = pg_catalog.format('%s of the reference table %s is refused: every shard has the same rows of it', TG_OP, TG_TABLE_NAME),
        HINT = pg_catalog.format('Nothing was written. Write to it by ringshard.reference("%s").update(...), which writes to all shards.', TG_TABLE_NAME);
END $$;

-- Puts that on a table.
CREATE FUNCTION ringshard.fence_reference(reference_table regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER ringshard_reference BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s '
        'FOR EACH STATEMENT EXECUTE FUNCTION ringshard.refuse_reference_write()', reference_table);
END $$;

-- Ids that no two shards give, and that rise with time: from above, 31 bits for the second since 2024 began, which last until 2092,
-- 22 for a number in that second, 10 for the number of the shard. A shard gives 4,194,304 of them a second without running ahead of
-- its clock. One counter has seconds and numbers, so that a clock that is set back, or more ids than a second has room for, let
-- it go on counting, and nothing is given twice.
CREATE SEQUENCE ringshard.id_counter AS bigint;

CREATE FUNCTION ringshard.next_id() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    this_shard pg_catalog.int8 :=
        (SELECT shard_number FROM ringshard.membership JOIN ringshard.shard_number
             ON shard_number.shard_name OPERATOR(pg_catalog.=) membership.shard_name);
    this_second pg_catalog.int8 :=
        (pg_catalog.floor(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()))::pg_catalog.int8
            OPERATOR(pg_catalog.-) 1704067200::pg_catalog.int8) OPERATOR(pg_catalog.<<) 22;
    id_counter pg_catalog.int8 := pg_catalog.nextval('ringshard.id_counter'::pg_catalog.regclass);
BEGIN
    IF this_shard IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RS005', MESSAGE = 'this database is no shard yet, and so has no number for its ids',
            HINT = 'Nothing was written. Run init, or let it join.';
    END IF;
    -- The first of each second moves the counter on. INVARIANT: nobody moves it back: who finds it behind waits for its turn, and
    -- looks again. What this block does to the counter stays when it fails, and its lock does not.
    IF id_counter OPERATOR(pg_catalog.<) this_second THEN
        BEGIN
            PERFORM pg_catalog.pg_advisory_xact_lock(8244232872396481902);
            PERFORM pg_catalog.setval('ringshard.id_counter'::pg_catalog.regclass, this_second) FROM ringshard.id_counter
            WHERE last_value OPERATOR(pg_catalog.<) this_second;
            RAISE EXCEPTION USING ERRCODE = 'RS006';
        EXCEPTION WHEN SQLSTATE 'RS006' THEN
            id_counter := pg_catalog.nextval('ringshard.id_counter'::pg_catalog.regclass);
        END;
    END IF;
    RETURN (id_counter OPERATOR(pg_catalog.<<) 10) OPERATOR(pg_catalog.|) this_shard;
END $$;

-- Whoever may is told by name: see src/docs/roles.sql. Triggers need no such right of those who fire them; an index that is
-- computed by a function does, and so does a default.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA ringshard FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ringshard.token(text), ringshard.is_owned(bigint), ringshard.owned_tokens(),
    ringshard.open_slots(), ringshard.next_id(), ringshard.number_of(oid), ringshard.number_of(text) TO PUBLIC;
