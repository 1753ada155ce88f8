package dev.ringshard.testing;

import java.sql.Connection;
import java.sql.SQLException;

/** What must hold of the rows of one application after every test; asked of one shard after the other. */
interface SoundRows {
    /** Fails unless the rows of a shard are its own, no other's, and say nothing false of each other. */
    void check(Connection connection, OwnedTokens owned) throws SQLException;
}
