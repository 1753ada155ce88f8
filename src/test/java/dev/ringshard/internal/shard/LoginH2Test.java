package dev.ringshard.internal.shard;

import dev.ringshard.testing.H2Database;
import dev.ringshard.testing.TestDatabase;
import java.sql.SQLException;

class LoginH2Test extends LoginContract {
    @Override
    TestDatabase database() throws SQLException {
        TestDatabase database = H2Database.inMemory();
        database.connect().close(); // the first who comes makes it, and is its only user
        return database;
    }

    @Override
    String missing(TestDatabase database) {
        return database.url().replace("mem:", "mem:not-") + ";IFEXISTS=TRUE";
    }

    @Override
    String refusal() {
        return "Wrong user name or password";
    }

    @Override
    String absence() {
        return "not found";
    }
}
