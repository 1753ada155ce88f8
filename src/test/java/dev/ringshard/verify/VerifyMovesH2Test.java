package dev.ringshard.verify;

import dev.ringshard.config.DatabaseKind;

class VerifyMovesH2Test extends VerifyMovesContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
