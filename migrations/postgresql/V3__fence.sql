-- The fence on PostgreSQL: work for a token holds the row of its range FOR KEY SHARE until commit, and a mover holds
-- it FOR UPDATE. Whoever writes to a sharded table, by whatever way, comes through here.

-- No two owned ranges can overlap. The last token of all has no successor: its range is unbounded above.
ALTER TABLE ringshard.owned_range ADD CONSTRAINT owned_range_no_overlap
    EXCLUDE USING gist (int8range(first_token, nullif(last_token, 9223372036854775807) + 1) WITH &&);

-- Refuses a token that this shard does not own, and says who does, if the shard knows.
-- DETAIL is for programs: the token, and owner and epoch of its newest handover away from here.
CREATE FUNCTION ringshard.refuse(refused_token bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    this_shard text := (SELECT coalesce(max(shard_name), 'that is not initialised') FROM ringshard.membership);
    moved record;
BEGIN
    SELECT away.target, away.epoch INTO moved
    FROM (SELECT first_token, last_token, target, epoch FROM ringshard.handover
          UNION ALL
          SELECT first_token, last_token, target, epoch FROM ringshard.departed_range) away
    WHERE refused_token BETWEEN away.first_token AND away.last_token
    ORDER BY away.epoch DESC LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'RS001',
            MESSAGE = format('shard %s does not own token %s: it was handed over to shard %s', this_shard, refused_token, moved.target),
            DETAIL = format('token=%s owner=%s epoch=%s', refused_token, moved.target, moved.epoch),
            HINT = format('Nothing was written. Write through Ringshard, which finds the owner, or to shard %s.', moved.target);
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'RS001',
        MESSAGE = format('shard %s does not own token %s, and does not know which shard does', this_shard, refused_token),
        DETAIL = format('token=%s', refused_token),
        HINT = 'Nothing was written. Write through Ringshard, which finds the owner; its command "locate" names it.';
END $$;

-- Locks the range that holds the token until the transaction ends, or refuses.
CREATE FUNCTION ringshard.enter(entered_token bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    range_end bigint;
BEGIN
    LOOP
        SELECT last_token INTO range_end FROM ringshard.owned_range
        WHERE first_token <= entered_token ORDER BY first_token DESC LIMIT 1 FOR KEY SHARE;
        IF range_end >= entered_token THEN
            RETURN;
        END IF;
        -- The row may have been split while this waited for it: then its other half owns the token, in a newer snapshot.
        IF NOT EXISTS (SELECT FROM ringshard.owned_range WHERE entered_token BETWEEN first_token AND last_token) THEN
            PERFORM ringshard.refuse(entered_token);
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION ringshard.fence_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM ringshard.enter(OLD.ring_token);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' OR NEW.ring_token <> OLD.ring_token THEN
        PERFORM ringshard.enter(NEW.ring_token);
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION ringshard.fence_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'RS002',
        MESSAGE = format('TRUNCATE of the sharded table %s is refused: it would also empty ranges that are on the move', TG_TABLE_NAME),
        HINT = 'Nothing was deleted. Use DELETE, which is fenced row by row.';
END $$;

-- Puts the fence on a sharded table: one with a column "ring_token bigint not null". Repeating it changes nothing.
-- The mover announces itself and passes; that stands in WHEN, so that its bulk copy does not even call the function.
CREATE FUNCTION ringshard.fence_table(sharded_table regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER ringshard_fence BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW '
        'WHEN (current_setting(''ringshard.mover'', true) IS DISTINCT FROM ''on'') '
        'EXECUTE FUNCTION ringshard.fence_row()', sharded_table);
    EXECUTE format('CREATE OR REPLACE TRIGGER ringshard_fence_truncate BEFORE TRUNCATE ON %s '
        'EXECUTE FUNCTION ringshard.fence_truncate()', sharded_table);
END $$;

SELECT ringshard.fence_table('customers');
SELECT ringshard.fence_table('account_entries');
