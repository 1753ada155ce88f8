-- Three roles for one shard on PostgreSQL, each with the least that it needs:
--
--   application   reads and writes the built-in bank's customers and entries, where there are any, within what the shard owns
--   mover         plan, rebalance, recover: moves rows and ownership, and changes no table's definition
--   reader        status, verify, export, get: reads, and locks nothing
--
-- The owner stays who ran "init": it alone migrates, and lets a database join. Run this on every shard, after each "init",
-- as the owner with the right to create roles, or as a superuser:
--
--   psql "host=… dbname=bank user=bank_owner" -f roles.sql \
--        -v application=bank_app -v mover=bank_mover -v reader=bank_reader
--
-- Where Flyway's history of your own tables is in another schema than public, with PGOPTIONS="-c search_path=THAT_SCHEMA"; where
-- it has another name (tables.history-table), grant SELECT on it to mover and reader.
--
-- Repeating it changes nothing. Roles that are there already keep their passwords and everything outside of Ringshard's
-- tables; new ones have no password and so cannot log in by one: give them theirs with \password.
--
-- Tables of your own that carry the fence are opened to mover and reader, and not to the application: what it may do with
-- them is yours to say, for example
--
--   GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO bank_app;
--
-- Reference tables are changed by the mover, and read by all three. Who is to change them as well needs, besides the table itself,
-- UPDATE on ringshard.reference_table.
--
-- Whoever may UPDATE ringshard.owned_range can pass the fence. Nobody but owner and mover should. What counts is the user
-- that logs in: one that gets the mover's rights only by SET ROLE does not move rows.

\set ON_ERROR_STOP on

BEGIN;

SELECT set_config('roles.application', :'application', true),
       set_config('roles.mover', :'mover', true),
       set_config('roles.reader', :'reader', true);

DO $$
DECLARE
    application CONSTANT text := current_setting('roles.application');
    mover CONSTANT text := current_setting('roles.mover');
    reader CONSTANT text := current_setting('roles.reader');
    role_name text;
    -- The built-in bank's tables; none without it.
    own CONSTANT oid[] := ARRAY(
        SELECT format('%I.%I', schema_name, table_name)::regclass::oid FROM ringshard.sharded_table
        WHERE to_regclass('ringshard.bank_history') IS NOT NULL AND table_name IN ('customers', 'account_entries', 'customer_clearing')
          AND key_column = 'customer_key' AND token_column = 'ring_token');
    -- Where Flyway remembers what ran; not all are there everywhere.
    histories CONSTANT regclass[] := array_remove(
        ARRAY[to_regclass('ringshard.schema_history'), to_regclass('ringshard.bank_history'),
              to_regclass('flyway_schema_history')], NULL);
    history regclass;
    sharded record;
    reference record;
    counter record;
    parent record;
BEGIN
    FOREACH role_name IN ARRAY ARRAY[application, mover, reader] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', role_name);
        ELSIF EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = ANY (own || 'ringshard.owned_range'::regclass::oid)
                                             AND relowner = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = role_name)) THEN
            RAISE EXCEPTION '% owns Ringshard''s tables: name other roles, which do not', role_name
                USING HINT = 'Nothing was changed.';
        END IF;
        -- Back to nothing first, so that what an earlier version gave, or somebody by hand, does not stay.
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA ringshard FROM %I', role_name);
        EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ringshard FROM %I', role_name);
        EXECUTE format('REVOKE ALL ON SCHEMA ringshard FROM %I', role_name);
        IF NOT has_database_privilege(role_name, current_database(), 'CONNECT') THEN
            EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role_name);
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA ringshard TO %I', role_name);
        EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA ringshard TO %I', role_name);
    END LOOP;

    EXECUTE format('GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ringshard TO %I', mover);
    -- Where two shards print the same condition in other words, each reads its own once more, as a temporary view that is rolled back.
    IF NOT has_database_privilege(mover, current_database(), 'TEMPORARY') THEN
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), mover);
    END IF;
    EXECUTE format('GRANT INSERT, UPDATE, DELETE ON ringshard.outbox, ringshard.inbox TO %I', application);
    FOREACH role_name IN ARRAY ARRAY[application, mover, reader] LOOP
        FOREACH history IN ARRAY histories LOOP
            EXECUTE format('REVOKE ALL ON %s FROM %I', history, role_name);
            EXECUTE format('GRANT SELECT ON %s TO %I', history, role_name);
        END LOOP;
    END LOOP;
    -- Keeps triggers and foreign keys from acting on rows that move; writes points to restore to (backup-point), and lets them be
    -- archived at once. Only a superuser can give that.
    IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT SET ON PARAMETER session_replication_role TO %I', mover);
        EXECUTE format('GRANT EXECUTE ON FUNCTION pg_catalog.pg_create_restore_point(text), pg_catalog.pg_switch_wal() TO %I', mover);
    END IF;
    -- What locks a range's row, which otherwise needs the right to change it.
    EXECUTE format('GRANT EXECUTE ON FUNCTION ringshard.enter(bigint), ringshard.hold_owned() TO %I, %I', application, mover);
    -- After a dump was put back, has the shard count again; who runs it has asked all others.
    EXECUTE format('GRANT EXECUTE ON FUNCTION ringshard.accept_restored() TO %I, %I', application, mover);
    -- Before it takes a range away, a mover keeps off those who write without that lock. A trigger would do it, later.
    EXECUTE format('GRANT EXECUTE ON FUNCTION ringshard.close_slots(bigint, bigint) TO %I', mover);

    FOR reference IN
        SELECT relation.oid::regclass AS name, relation.oid, relation.relnamespace::regnamespace AS schema
        FROM pg_catalog.pg_class relation JOIN pg_catalog.pg_trigger fence ON fence.tgrelid = relation.oid
        WHERE fence.tgname = 'ringshard_reference'
        ORDER BY relation.oid
    LOOP
        FOREACH role_name IN ARRAY ARRAY[application, mover, reader] LOOP
            IF NOT has_schema_privilege(role_name, reference.schema::oid, 'USAGE') THEN
                EXECUTE format('GRANT USAGE ON SCHEMA %s TO %I', reference.schema, role_name);
            END IF;
            EXECUTE format('GRANT SELECT ON %s TO %I', reference.name, role_name);
        END LOOP;
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %s TO %I', reference.name, mover);
        FOR counter IN
            SELECT objid::regclass AS name FROM pg_catalog.pg_depend JOIN pg_catalog.pg_class sequence ON sequence.oid = objid
            WHERE classid = 'pg_catalog.pg_class'::regclass AND refclassid = 'pg_catalog.pg_class'::regclass
              AND refobjid = reference.oid AND deptype IN ('a', 'i') AND sequence.relkind = 'S'
        LOOP
            EXECUTE format('GRANT SELECT, UPDATE ON SEQUENCE %s TO %I', counter.name, mover);
        END LOOP;
    END LOOP;

    FOR sharded IN
        SELECT relation.oid::regclass AS name, relation.oid, relation.relnamespace::regnamespace AS schema
        FROM pg_catalog.pg_class relation JOIN pg_catalog.pg_trigger fence ON fence.tgrelid = relation.oid
        WHERE fence.tgname = 'ringshard_fence'
        ORDER BY relation.oid
    LOOP
        FOREACH role_name IN ARRAY ARRAY[application, mover, reader] LOOP
            IF NOT has_schema_privilege(role_name, sharded.schema::oid, 'USAGE') THEN
                EXECUTE format('GRANT USAGE ON SCHEMA %s TO %I', sharded.schema, role_name);
            END IF;
        END LOOP;
        EXECUTE format('REVOKE ALL ON %s FROM %I, %I', sharded.name, mover, reader);
        EXECUTE format('GRANT SELECT, INSERT, DELETE ON %s TO %I', sharded.name, mover);
        EXECUTE format('GRANT SELECT ON %s TO %I', sharded.name, reader);
        -- The counters of its columns are set past what arrives.
        FOR counter IN
            SELECT dependent.objid::regclass AS name FROM pg_catalog.pg_depend dependent JOIN pg_catalog.pg_class sequence ON sequence.oid = dependent.objid
            WHERE dependent.classid = 'pg_catalog.pg_class'::regclass AND dependent.refclassid = 'pg_catalog.pg_class'::regclass
              AND dependent.refobjid = sharded.oid AND dependent.deptype IN ('a', 'i') AND sequence.relkind = 'S'
            UNION
            SELECT sequence.oid::regclass
            FROM pg_catalog.pg_attrdef JOIN pg_catalog.pg_depend ON objid = pg_attrdef.oid JOIN pg_catalog.pg_class sequence ON sequence.oid = refobjid
            WHERE adrelid = sharded.oid AND classid = 'pg_catalog.pg_attrdef'::regclass AND refclassid = 'pg_catalog.pg_class'::regclass
              AND sequence.relkind = 'S'
        LOOP
            EXECUTE format('GRANT SELECT, UPDATE ON SEQUENCE %s TO %I', counter.name, mover);
        END LOOP;
        -- What its rows refer to is looked for, also where it is not sharded.
        FOR parent IN
            SELECT DISTINCT confrelid::regclass AS name, relnamespace::regnamespace AS schema
            FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_class ON pg_class.oid = confrelid
            WHERE conrelid = sharded.oid AND contype = 'f'
        LOOP
            FOREACH role_name IN ARRAY ARRAY[mover, reader] LOOP
                IF NOT has_schema_privilege(role_name, parent.schema::oid, 'USAGE') THEN
                    EXECUTE format('GRANT USAGE ON SCHEMA %s TO %I', parent.schema, role_name);
                END IF;
                IF NOT has_table_privilege(role_name, parent.name::oid, 'SELECT') THEN
                    EXECUTE format('GRANT SELECT ON %s TO %I', parent.name, role_name);
                END IF;
            END LOOP;
        END LOOP;
        IF sharded.oid = ANY (own) THEN
            EXECUTE format('REVOKE ALL ON %s FROM %I', sharded.name, application);
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', sharded.name, application);
        END IF;
    END LOOP;
END $$;

COMMIT;
