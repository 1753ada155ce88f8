package dev.ringshard.verify;

import dev.ringshard.config.DatabaseKind;

class VerifyPostgresTest extends VerifyContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
