package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.failure.OutcomeUnknownException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

final class MoneyPostgresTest extends MoneyContract {
    MoneyPostgresTest() {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }

    @Test
    void a_deposit_without_an_answer_is_an_unknown_outcome_and_its_id_finds_out() throws SQLException {
        String key = customerWith("0", "c-1");
        OperationId id = OperationId.random();
        cluster.execute("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'");
        cluster.execute("CREATE TRIGGER dies AFTER INSERT ON account_entries FOR EACH ROW EXECUTE FUNCTION die()");
        try {
            assertThatThrownBy(() -> customers.deposit(key, Account.SAVINGS, money("1.00"), id))
                    .isInstanceOf(OutcomeUnknownException.class);
        } finally {
            cluster.execute("DROP FUNCTION die CASCADE");
        }

        assertThat(customers.deposit(key, Account.SAVINGS, money("1.00"), id)).isInstanceOf(Posting.Applied.class);
        assertThat(customers.deposit(key, Account.SAVINGS, money("1.00"), id))
                .isInstanceOf(Posting.AlreadyApplied.class);
    }
}
