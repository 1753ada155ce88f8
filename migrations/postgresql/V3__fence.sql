-- The fence on PostgreSQL: work for a token holds the row of its range FOR KEY SHARE until commit, and a mover holds
-- it FOR UPDATE. Whoever writes to a sharded table, by whatever way, comes through here.
--
-- A row lock needs the right to UPDATE, which an application's user must not have: enter, hold_owned and fence_row run as
-- their owner. INVARIANT: in what does, every name and every operator names its schema (BETWEEN cannot), so that nothing
-- of the caller's search_path gets in. That costs nothing to speak of; SET search_path cost each call a quarter of its
-- time on PostgreSQL 15.

-- No two owned ranges can overlap. The last token of all has no successor: its range is unbounded above.
ALTER TABLE ringshard.owned_range ADD CONSTRAINT owned_range_no_overlap
    EXCLUDE USING gist (int8range(first_token, nullif(last_token, 9223372036854775807) + 1) WITH &&);

-- Refuses a token that this shard does not own, and says who does, if the shard knows.
-- DETAIL is for programs: the token, and owner and epoch of its newest handover away from here.
CREATE FUNCTION ringshard.refuse(refused_token bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    this_shard pg_catalog.text :=
        (SELECT coalesce(pg_catalog.max(shard_name), 'that is not initialised') FROM ringshard.membership);
    moved pg_catalog.record;
BEGIN
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

-- Locks the range that holds the token until the transaction ends, or refuses.
CREATE FUNCTION ringshard.enter(entered_token bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    range_end bigint;
BEGIN
    LOOP
        SELECT last_token INTO range_end FROM ringshard.owned_range
        WHERE first_token OPERATOR(pg_catalog.<=) entered_token ORDER BY first_token DESC LIMIT 1 FOR KEY SHARE;
        IF range_end OPERATOR(pg_catalog.>=) entered_token THEN
            RETURN;
        END IF;
        -- The row may have been split while this waited for it: then its other half owns the token, in a newer snapshot.
        IF NOT EXISTS (SELECT FROM ringshard.owned_range
                       WHERE first_token OPERATOR(pg_catalog.<=) entered_token
                         AND last_token OPERATOR(pg_catalog.>=) entered_token) THEN
            PERFORM ringshard.refuse(entered_token);
        END IF;
    END LOOP;
END $$;

-- For a read over all shards: what this shard owns, keeping movers off it until the transaction ends.
CREATE FUNCTION ringshard.hold_owned() RETURNS SETOF ringshard.owned_range LANGUAGE sql SECURITY DEFINER AS $$
    SELECT first_token, last_token, epoch FROM ringshard.owned_range ORDER BY first_token FOR KEY SHARE;
$$;

-- As enter, for the token that a row has and the one that it gets; the look-up stands here once more because a call
-- within a call costs a trigger a tenth of its time.
-- The mover announces itself and passes, if who logged in may change ownership anyhow: anybody can announce, so the
-- announcement alone is worth nothing. (current_user is the owner in here.) In a WHEN clause that would cost a mover less
-- and everybody else more: the server parses the clause anew for each statement.
CREATE FUNCTION ringshard.fence_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    range_end bigint;
BEGIN
    IF pg_catalog.current_setting('ringshard.mover', true) OPERATOR(pg_catalog.=) 'on'
       AND pg_catalog.has_table_privilege(session_user, 'ringshard.owned_range'::pg_catalog.regclass, 'UPDATE') THEN
        IF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN
        PERFORM ringshard.enter(OLD.ring_token);
        RETURN OLD;
    END IF;
    IF TG_OP OPERATOR(pg_catalog.=) 'UPDATE' AND OLD.ring_token OPERATOR(pg_catalog.<>) NEW.ring_token THEN
        PERFORM ringshard.enter(OLD.ring_token);
    END IF;
    SELECT last_token INTO range_end FROM ringshard.owned_range
    WHERE first_token OPERATOR(pg_catalog.<=) NEW.ring_token ORDER BY first_token DESC LIMIT 1 FOR KEY SHARE;
    IF range_end OPERATOR(pg_catalog.>=) NEW.ring_token THEN
        RETURN NEW;
    END IF;
    PERFORM ringshard.enter(NEW.ring_token);
    RETURN NEW;
END $$;

CREATE FUNCTION ringshard.fence_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'RS002',
        MESSAGE = pg_catalog.format('TRUNCATE of the sharded table %s is refused: it would also empty ranges that are on the move', TG_TABLE_NAME),
        HINT = 'Nothing was deleted. Use DELETE, which is fenced row by row.';
END $$;

-- Puts the fence on a sharded table: one with a column "ring_token bigint not null". Repeating it changes nothing.
CREATE FUNCTION ringshard.fence_table(sharded_table regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE pg_catalog.format('CREATE OR REPLACE TRIGGER ringshard_fence BEFORE INSERT OR UPDATE OR DELETE ON %s '
        'FOR EACH ROW EXECUTE FUNCTION ringshard.fence_row()', sharded_table);
    EXECUTE pg_catalog.format('CREATE OR REPLACE TRIGGER ringshard_fence_truncate BEFORE TRUNCATE ON %s '
        'EXECUTE FUNCTION ringshard.fence_truncate()', sharded_table);
END $$;

-- Whoever may is told by name: see src/docs/roles.sql. Triggers need no such right of those who fire them.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA ringshard FROM PUBLIC;

SELECT ringshard.fence_table('customers');
SELECT ringshard.fence_table('account_entries');
