package dev.ringshard.verify;

import dev.ringshard.config.DatabaseKind;

class VerifyH2Test extends VerifyContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }
}
