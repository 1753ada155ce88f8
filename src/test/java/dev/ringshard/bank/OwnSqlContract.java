package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.KeysOnDifferentShardsException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.fence.TableFence;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.routing.FencedStatement;
import dev.ringshard.routing.Isolation;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.routing.PointRead;
import dev.ringshard.testing.Threads;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An application's own SQL, and a table of its own beside the customers. */
abstract class OwnSqlContract extends CustomersContract {
    private static final Table<Record> NOTES = table(name("notes"));
    private static final Field<String> OWNER = field(name("customer_key"), String.class);
    private static final Field<Integer> NUMBER = field(name("note_number"), Integer.class);
    private static final Field<String> TEXT = field(name("note_text"), String.class);
    private static final Field<Long> TOKEN = field(name("ring_token"), Long.class);

    private static final FencedStatement ADD = FencedStatement.of(
            "INSERT INTO notes (customer_key, note_number, note_text, ring_token) VALUES (?, ?, ?, ?)");
    private static final FencedStatement CHANGE =
            FencedStatement.of("UPDATE notes SET note_text = ? WHERE customer_key = ?");
    private static final PointRead<String> TEXTS = PointRead.of(
            "SELECT note_text FROM notes WHERE customer_key = ? AND note_number >= ? ORDER BY note_number",
            row -> row.getString(1));

    OwnSqlContract(DatabaseKind... kinds) {
        super(kinds);
    }

    @BeforeAll
    void createTheTable() throws SQLException {
        cluster.execute("CREATE TABLE notes (customer_key varchar(255), note_number int, note_text varchar(100),"
                + " ring_token bigint NOT NULL, PRIMARY KEY (customer_key, note_number))");
        try (Shards shards = Shards.open(cluster.config().shards())) {
            for (Shard shard : shards.all()) {
                String schema = shard.snapshot(reading -> reading.connection().getSchema());
                TableFence.put(
                        shard,
                        ShardedTable.byToken("notes", "ring_token"),
                        schema,
                        shard.dialect().folded("notes"),
                        waiting -> {});
            }
        }
    }

    @BeforeEach
    void beginWithoutNotes() throws SQLException {
        cluster.execute("DELETE FROM notes");
    }

    private void add(String key, int number, String text) {
        assertThat(router.update(key, ADD, key, number, text, router.token(key)))
                .isEqualTo(1);
    }

    private static int insertNote(KeyedTransaction transaction, String key, int number, String text) {
        return transaction
                .dsl()
                .insertInto(NOTES, OWNER, NUMBER, TEXT, TOKEN)
                .values(key, number, text, transaction.token(key))
                .execute();
    }

    private List<String> texts(String key) {
        return router.read(key, TEXTS, key, 0);
    }

    @Test
    void jooq_and_jdbc_work_in_one_transaction_with_the_customer() {
        customerWith("10", "own");

        BigDecimal checking = router.transaction("own", transaction -> {
            insertNote(transaction, "own", 1, "by jOOQ");
            try (PreparedStatement insert =
                    transaction.connection().prepareStatement("INSERT INTO notes VALUES ('own', 2, 'by JDBC', ?)")) {
                insert.setLong(1, transaction.token("own"));
                insert.executeUpdate();
            }
            return Objects.requireNonNull(transaction
                    .dsl()
                    .resultQuery("SELECT checking FROM customers WHERE customer_key = ?", "own")
                    .fetchSingle(0, BigDecimal.class));
        });

        assertThat(checking).isEqualTo(money("10.00"));
        assertThat(texts("own")).containsExactly("by jOOQ", "by JDBC");
        assertThat(router.<String>transaction("own", KeyedTransaction::shard)).isEqualTo(shardOf("own"));
    }

    @Test
    void many_customers_keep_their_notes_on_their_own_shards() throws SQLException {
        List<String> keys = IntStream.range(0, 40).mapToObj(i -> "noted-" + i).toList();
        keys.forEach(key -> add(key, 1, "of " + key));

        assertThat(keys).allSatisfy(key -> assertThat(texts(key)).containsExactly("of " + key));
        for (Map.Entry<String, Connection> shard : cluster.connections().entrySet()) {
            try (PreparedStatement select = shard.getValue().prepareStatement("SELECT customer_key FROM notes");
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    assertThat(shardOf(row.getString(1))).isEqualTo(shard.getKey());
                }
            }
        }
    }

    @Test
    @SuppressWarnings("NullAway") // does not see in the class file that a result may be null
    void a_null_result_and_a_null_parameter_are_fine() {
        assertThat(router.<@Nullable String>transaction("own", transaction -> null))
                .isNull();
        router.update("own", ADD, "own", 1, null, router.token("own"));
        assertThat(router.query("own", FencedStatement.of("SELECT note_number FROM notes"), row -> row.getInt(1)))
                .containsExactly(1);
    }

    @Test
    void an_exception_of_the_caller_comes_through_unchanged_and_rolls_back() {
        customerWith("10", "own");
        RuntimeException unchecked = new IllegalStateException("the caller's own");
        Error error = new AssertionError("the caller's own");

        assertThatThrownBy(() -> router.transaction("own", transaction -> {
                    insertNote(transaction, "own", 1, "never seen");
                    throw unchecked;
                }))
                .isSameAs(unchecked);
        assertThatThrownBy(() -> router.transaction("own", transaction -> {
                    insertNote(transaction, "own", 1, "never seen");
                    throw error;
                }))
                .isSameAs(error);

        assertThat(texts("own")).isEmpty();
    }

    @Test
    void an_sql_exception_says_which_shard_and_state_and_rolls_back() {
        assertThatThrownBy(() -> router.transaction("own", transaction -> {
                    insertNote(transaction, "own", 1, "never seen");
                    try (PreparedStatement wrong =
                            transaction.connection().prepareStatement("SELECT * FROM no_such_table")) {
                        return wrong.execute();
                    }
                }))
                .isInstanceOf(SqlFailedException.class)
                .hasCauseInstanceOf(SQLException.class)
                .hasMessageContaining("Shard " + shardOf("own"))
                .hasMessageContaining("42")
                .hasMessageContaining("nothing was written");

        assertThat(texts("own")).isEmpty();
    }

    @Test
    void a_failure_of_jooq_comes_through_unchanged_and_rolls_back() {
        add("own", 1, "first");

        assertThatThrownBy(() -> router.transaction("own", transaction -> {
                    insertNote(transaction, "own", 2, "never seen");
                    return insertNote(transaction, "own", 1, "taken");
                }))
                .isInstanceOf(IntegrityConstraintViolationException.class);

        assertThat(texts("own")).containsExactly("first");
    }

    @Test
    void a_failure_that_the_caller_has_swallowed_does_not_commit_half_the_work() {
        add("own", 1, "first");

        try {
            router.transaction("own", transaction -> {
                insertNote(transaction, "own", 2, "before");
                try {
                    insertNote(transaction, "own", 1, "taken");
                } catch (DataAccessException swallowed) {
                    // PostgreSQL ends the transaction all the same; H2 undoes the statement only
                }
                return true;
            });
            assertThat(texts("own")).containsExactly("first", "before");
        } catch (SqlFailedException refused) {
            assertThat(texts("own")).containsExactly("first");
        }
    }

    @Test
    void a_token_of_a_key_that_was_not_named_is_refused() {
        assertThatThrownBy(() -> router.transaction("own", transaction -> insertNote(transaction, "other", 1, "no")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Name all keys when the transaction begins");
        assertThat(texts("other")).isEmpty();
    }

    @Test
    void several_keys_of_one_shard_share_a_transaction() {
        String neighbour = keyWhere("neighbour", shardOf("own")::equals);

        router.transaction(
                List.of("own", neighbour, "own"),
                transaction ->
                        insertNote(transaction, "own", 1, "one") + insertNote(transaction, neighbour, 1, "other"));

        assertThat(texts("own")).containsExactly("one");
        assertThat(texts(neighbour)).containsExactly("other");
    }

    @Test
    void keys_of_different_shards_are_refused_before_anything_runs() {
        String stranger = keyWhere("stranger", shard -> !shard.equals(shardOf("own")));
        AtomicBoolean ran = new AtomicBoolean();

        assertRefused(
                KeysOnDifferentShardsException.class,
                "Nothing was run",
                () -> router.transaction(List.of("own", stranger), transaction -> ran.getAndSet(true)));
        assertRefused(
                InvalidInputException.class,
                "at least one key",
                () -> router.transaction(List.of(), transaction -> ran.getAndSet(true)));
        assertThat(ran).isFalse();
    }

    @Test
    void point_reads_and_fenced_statements_of_ones_own() {
        assertThat(texts("own")).isEmpty();
        add("own", 1, "one");
        add("own", 2, "two");
        add("own", 3, "three");

        assertThat(router.read("own", TEXTS, "own", 2)).containsExactly("two", "three");
        assertThat(router.update("own", CHANGE, "changed", "own")).isEqualTo(3);
        assertThat(router.update("own", CHANGE, "changed", "nobody")).isZero();
        assertThat(router.query(
                        "own",
                        FencedStatement.of("SELECT note_text FROM notes WHERE customer_key = ? FOR UPDATE"),
                        row -> row.getString(1),
                        "own"))
                .containsExactly("changed", "changed", "changed");
    }

    @Test
    void a_fenced_statement_that_the_database_refuses_changes_nothing() {
        add("own", 1, "first");

        assertThatThrownBy(() -> router.update("own", ADD, "own", 1, "again", router.token("own")))
                .isInstanceOf(SqlFailedException.class)
                .hasMessageContaining("23505");
        assertThatThrownBy(() -> router.read("own", PointRead.of("SELECT 1 AS one FROM no_such_table", row -> 1)))
                .isInstanceOf(SqlFailedException.class);

        assertThat(texts("own")).containsExactly("first");
    }

    @Test
    void a_row_whose_token_another_shard_owns_is_refused_whoever_writes_it() throws SQLException {
        String stranger = keyWhere("stranger", shard -> !shard.equals(shardOf("own")));
        try (PreparedStatement insert = Objects.requireNonNull(
                        cluster.connections().get(shardOf("own")))
                .prepareStatement("INSERT INTO notes VALUES (?, 1, 'past the router', ?)")) {
            insert.setString(1, stranger);
            insert.setLong(2, router.token(stranger));

            assertThatThrownBy(insert::execute)
                    .isInstanceOfSatisfying(SQLException.class, refusal -> assertThat(refusal.getSQLState())
                            .isEqualTo("RS001"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void counting_up_from_many_threads_loses_nothing_at_any_isolation_where_the_row_is_locked(Isolation isolation) {
        add("own", 1, "0");

        Threads.atOnce(6, thread -> {
            for (int i = 0; i < 15; i++) {
                router.transaction(isolation, List.of("own"), transaction -> countUp(transaction, true));
            }
            return thread;
        });

        assertThat(texts("own")).containsExactly("90");
    }

    @ParameterizedTest
    @EnumSource(names = "READ_COMMITTED", mode = EnumSource.Mode.EXCLUDE)
    void counting_up_from_many_threads_loses_nothing_above_read_committed_even_without_a_lock(Isolation isolation) {
        add("own", 1, "0");

        Threads.atOnce(6, thread -> {
            for (int i = 0; i < 15; i++) {
                router.transaction(isolation, List.of("own"), transaction -> countUp(transaction, false));
            }
            return thread;
        });

        assertThat(texts("own")).containsExactly("90");
    }

    private static int countUp(KeyedTransaction transaction, boolean lock) {
        int now = Integer.parseInt(transaction
                .dsl()
                .resultQuery("SELECT note_text FROM notes WHERE customer_key = 'own'" + (lock ? " FOR UPDATE" : ""))
                .fetchSingle(0, String.class));
        return transaction.dsl().execute("UPDATE notes SET note_text = ? WHERE customer_key = 'own'", "" + (now + 1));
    }

    @ParameterizedTest
    @EnumSource
    void a_transaction_sees_what_others_commit_meanwhile_only_at_read_committed(Isolation isolation)
            throws SQLException {
        String other = keyOnTheShardButInAnotherRangeThan("own");
        add(other, 1, "before");

        List<String> seen = router.transaction(isolation, List.of("own"), transaction -> {
            String first = text(transaction, other);
            Threads.atOnce(1, thread -> router.update(other, CHANGE, "after", other));
            return List.of(first, text(transaction, other));
        });

        assertThat(seen).containsExactly("before", isolation == Isolation.READ_COMMITTED ? "after" : "before");
        assertThat(texts(other)).containsExactly("after");
    }

    /** Of a range that is stored apart, because on H2 work on one of them takes turns. */
    private String keyOnTheShardButInAnotherRangeThan(String key) throws SQLException {
        String shard = shardOf(key);
        for (int i = 0; i < 10_000; i++) {
            String other = "other-" + i;
            if (shardOf(other).equals(shard) && firstTokenOfRange(shard, other) != firstTokenOfRange(shard, key)) {
                return other;
            }
        }
        throw new AssertionError("All keys are in one range of shard " + shard);
    }

    private long firstTokenOfRange(String shard, String key) throws SQLException {
        Connection connection = Objects.requireNonNull(cluster.connections().get(shard));
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT first_token FROM ringshard.owned_range WHERE ? BETWEEN first_token AND last_token")) {
            select.setLong(1, router.token(key));
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static String text(KeyedTransaction transaction, String key) {
        return Objects.requireNonNull(
                transaction.dsl().select(TEXT).from(NOTES).where(OWNER.eq(key)).fetchSingle(TEXT));
    }
}
