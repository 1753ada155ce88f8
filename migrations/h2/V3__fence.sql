-- The fence on H2. It has no shared row locks, so work for a token holds the row of its range FOR UPDATE until commit.

CREATE ALIAS ringshard.enter FOR 'dev.ringshard.internal.fence.H2Fence.enter';

CREATE TRIGGER customers_ringshard_fence BEFORE INSERT, UPDATE, DELETE ON customers
    FOR EACH ROW CALL 'dev.ringshard.internal.fence.H2Fence';
CREATE TRIGGER account_entries_ringshard_fence BEFORE INSERT, UPDATE, DELETE ON account_entries
    FOR EACH ROW CALL 'dev.ringshard.internal.fence.H2Fence';
