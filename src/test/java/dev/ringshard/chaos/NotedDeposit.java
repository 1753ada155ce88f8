package dev.ringshard.chaos;

import dev.ringshard.bank.AccountEntry.Kind;
import dev.ringshard.bank.Posting;
import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.routing.Router;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jooq.DSLContext;
import org.jooq.Record;

/**
 * A deposit by an application's own SQL, with its note in the same transaction. That may take its time: it idles once it
 * has entered the fence, and longer before it commits. Movers have to wait for it, or to take other ranges first.
 */
final class NotedDeposit {
    private NotedDeposit() {}

    static Posting of(Router router, Post post) {
        return router.transaction(post.key(), transaction -> {
            idle(post.held().dividedBy(4));
            Posting posting = deposit(transaction, post);
            idle(post.held().multipliedBy(3).dividedBy(4));
            return posting;
        });
    }

    private static Posting deposit(KeyedTransaction transaction, Post post) {
        DSLContext sql = transaction.dsl();
        String balance = post.account().name().toLowerCase(Locale.ROOT);
        Record customer = sql.fetchSingle(
                "SELECT version, " + balance + " FROM customers WHERE customer_key = ? FOR UPDATE", post.key());
        Optional<BigDecimal> earlier = sql.fetchOptional(
                        "SELECT balance_after FROM account_entries WHERE customer_key = ? AND operation_id = ?",
                        post.key(),
                        post.id())
                .map(row -> row.get(0, BigDecimal.class));
        if (earlier.isPresent()) {
            return new Posting.AlreadyApplied(earlier.get());
        }
        BigDecimal amount = Cents.amount(post.cents());
        long number = customer.get(0, Long.class) + 1;
        BigDecimal after = customer.get(1, BigDecimal.class).add(amount);
        sql.execute(
                "UPDATE customers SET " + balance + " = ?, version = version + 1 WHERE customer_key = ?",
                after,
                post.key());
        sql.execute(
                """
                INSERT INTO account_entries
                    (customer_key, operation_id, entry_number, kind, account, amount, balance_after, ring_token)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                post.key(),
                post.id(),
                number,
                Kind.DEPOSIT.name(),
                post.account().name(),
                amount,
                after,
                transaction.token(post.key()));
        Notes.write(sql, post, number);
        return new Posting.Applied(after);
    }

    private static void idle(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }
}
