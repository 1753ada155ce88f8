package dev.ringshard.chaos;

import dev.ringshard.Ringshard;
import dev.ringshard.bank.AccountRef;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Posting;
import dev.ringshard.bank.Totals;
import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.chaos.Operation.Read;
import dev.ringshard.chaos.Operation.Transfer;
import dev.ringshard.chaos.Outcome.AlreadyApplied;
import dev.ringshard.chaos.Outcome.Applied;
import dev.ringshard.chaos.Outcome.InTransit;
import dev.ringshard.chaos.Outcome.Insufficient;
import dev.ringshard.chaos.Outcome.Refunded;
import dev.ringshard.chaos.Outcome.Refused;
import dev.ringshard.chaos.Outcome.Seen;
import dev.ringshard.chaos.Outcome.Summed;
import dev.ringshard.chaos.Outcome.Unknown;
import dev.ringshard.chaos.Outcome.Wrong;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.routing.Router;
import java.math.BigDecimal;

/** Does operations through the library, and keeps a history of them. Thread-safe. */
final class Teller {
    private final Router router;
    private final CustomerRepository customers;
    private final HistoryLog log;

    Teller(Ringshard bank, HistoryLog log) {
        this.router = bank.router();
        this.customers = bank.customers();
        this.log = log;
    }

    Outcome perform(Operation operation) {
        long number = log.called(operation);
        Outcome outcome = outcome(operation);
        log.returned(number, outcome);
        return outcome;
    }

    /** A failure means what its remedy says; one that has none is a bug. */
    private Outcome outcome(Operation operation) {
        try {
            return answer(operation);
        } catch (RingshardException failure) {
            return switch (failure.remedy()) {
                case RETRY_LATER -> new Refused(name(failure));
                case ASK_FOR_OUTCOME -> new Unknown(name(failure));
                case FIX_INPUT, REFRESH_AND_RETRY, STOP_AND_CALL -> wrong(failure);
            };
        } catch (RuntimeException failure) {
            return wrong(failure);
        }
    }

    private Outcome answer(Operation operation) {
        if (operation instanceof Post post) {
            return outcome(post(post));
        } else if (operation instanceof Transfer transfer) {
            return outcome(customers.transfer(
                    new AccountRef(transfer.from(), transfer.fromAccount()),
                    new AccountRef(transfer.to(), transfer.toAccount()),
                    Cents.amount(transfer.cents()),
                    new OperationId(transfer.id())));
        } else if (operation instanceof Read read) {
            return customers
                    .find(read.key())
                    .<Outcome>map(customer -> new Seen(customer.version(), Holdings.of(customer.balances())))
                    .orElse(new Wrong("there is no such customer"));
        }
        Totals totals = customers.totals();
        return new Summed(totals.customers(), Cents.of(totals.money()));
    }

    private Posting post(Post post) {
        if (post.isNoted()) {
            return NotedDeposit.of(router, post);
        }
        OperationId id = new OperationId(post.id());
        BigDecimal amount = Cents.amount(Math.abs(post.cents()));
        return post.cents() > 0
                ? customers.deposit(post.key(), post.account(), amount, id)
                : customers.withdraw(post.key(), post.account(), amount, id);
    }

    private static Outcome outcome(Posting posting) {
        long balance = Cents.of(posting.balance());
        if (posting instanceof Posting.Applied) {
            return new Applied(balance);
        } else if (posting instanceof Posting.InTransit) {
            return new InTransit(balance);
        } else if (posting instanceof Posting.Refunded) {
            return new Refunded(balance);
        }
        return posting instanceof Posting.AlreadyApplied ? new AlreadyApplied(balance) : new Insufficient(balance);
    }

    private static String name(Exception failure) {
        return failure.getClass().getSimpleName();
    }

    private static Outcome wrong(Exception failure) {
        StringBuilder causes = new StringBuilder(failure.toString());
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            causes.append(" because of ").append(cause);
        }
        return new Wrong(causes.toString());
    }
}
