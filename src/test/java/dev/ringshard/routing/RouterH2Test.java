package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.failure.SqlFailedException;
import org.junit.jupiter.api.Test;

class RouterH2Test extends RouterContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }

    /**
     * What a deadlock does on H2: it rolls the transaction back, locks and all, and the next statement begins another,
     * without a word. Shown by a hidden ROLLBACK, because who becomes the victim of a deadlock is not for a test to choose.
     */
    @Test
    void work_whose_transaction_the_database_has_ended_is_not_committed() {
        String key = parcelOn("eu-1");

        assertThatThrownBy(() -> ringshard.router().transaction(key, transaction -> {
                    transaction.dsl().execute("EXECUTE IMMEDIATE 'ROLLBACK'");
                    return transaction.dsl().execute("UPDATE parcels SET label = 'lost'");
                }))
                .isInstanceOf(SqlFailedException.class)
                .hasMessageContaining("the transaction had ended before the work did");

        assertThat(parcels.find(key).orElseThrow().label()).isEqualTo("fragile");
    }
}
