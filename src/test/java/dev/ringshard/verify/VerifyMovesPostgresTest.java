package dev.ringshard.verify;

import dev.ringshard.config.DatabaseKind;

class VerifyMovesPostgresTest extends VerifyMovesContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }
}
