package dev.ringshard.chaos;

import dev.ringshard.bank.Account;
import dev.ringshard.chaos.Books.Book;
import dev.ringshard.chaos.Books.Entry;
import dev.ringshard.chaos.Books.Opening;
import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.chaos.Operation.Read;
import dev.ringshard.chaos.Operation.Total;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Makes random histories that are valid, with the books that go with them: clients on a simulated clock, whose operations
 * take effect at a random moment of their interval, or, where no answer comes, at any later one, or never.
 */
final class SimulatedBank {
    private static final long OPENED_WITH = 1_000_000_00;

    private static final List<Account> ACCOUNTS = List.of(Account.values());

    private final RandomGenerator random;
    private final Map<String, Customer> customers = new LinkedHashMap<>();
    private final List<Effect> effects = new ArrayList<>();
    private final List<Draft> drafts = new ArrayList<>();

    /** A history, who was there before, and what was stored in the end. */
    record Past(History history, Map<String, Opening> founded, Books books) {
        List<Violation> check() {
            return HistoryCheck.of(history, founded, books);
        }
    }

    private record Effect(long at, Runnable what) {}

    private static final class Customer {
        private final Opening opened;
        private final List<Entry> entries = new ArrayList<>();
        private final Map<String, Long> balanceAfter = new HashMap<>();
        private Holdings holdings;
        private long sent;

        private Customer(Opening opened) {
            this.opened = opened;
            this.holdings = opened.holdings();
        }

        private Outcome apply(Post post) {
            Long earlier = balanceAfter.get(post.id());
            long balance = holdings.of(post.account());
            if (earlier != null) {
                return new AlreadyApplied(earlier);
            } else if (post.cents() < 0 && balance + post.cents() < 0) {
                return new Insufficient(balance);
            }
            holdings = holdings.plus(post.account(), post.cents());
            balance += post.cents();
            balanceAfter.put(post.id(), balance);
            entries.add(new Entry(post.id(), version() + 1, post.account(), post.cents(), balance));
            return new Applied(balance);
        }

        private Outcome transfer(Post part) {
            Outcome outcome = apply(part);
            sent -= outcome instanceof Applied ? part.cents() : 0;
            return outcome;
        }

        private long version() {
            return opened.version() + entries.size();
        }
    }

    /** An operation whose answer is not known yet. */
    private static final class Draft {
        private final String client;
        private final long number;
        private final long called;
        private final Operation operation;
        private long returned;
        private boolean isLate;
        private @Nullable Outcome outcome;

        private Draft(String client, long number, long called, Operation operation) {
            this.client = client;
            this.number = number;
            this.called = called;
            this.operation = operation;
        }

        private Invocation invocation() {
            Outcome answer = Objects.requireNonNull(outcome);
            return new Invocation(client, number, called, returned, operation, answer);
        }
    }

    SimulatedBank(RandomGenerator random, int customers) {
        this.random = random;
        for (int i = 0; i < customers; i++) {
            Opening opening = new Opening(2, new Holdings(OPENED_WITH + i, 500, 0));
            this.customers.put("c-" + i, new Customer(opening));
        }
    }

    Past past(int clients, int operations) {
        for (int i = 0; i < clients; i++) {
            plan("client-" + i, operations);
        }
        effects.sort(Comparator.comparingLong(Effect::at));
        effects.forEach(effect -> effect.what().run());
        Map<String, Opening> founded = new LinkedHashMap<>();
        Map<String, Book> books = new LinkedHashMap<>();
        customers.forEach((key, customer) -> {
            founded.put(key, customer.opened);
            books.put(key, Books.book(key, customer.opened, customer.entries));
        });
        return new Past(new History(drafts.stream().map(Draft::invocation).toList()), founded, new Books(books));
    }

    private void plan(String client, int operations) {
        long now = random.nextInt(20);
        Operation next = operation(client, 0);
        for (int i = 1; i <= operations; i++) {
            Draft draft = new Draft(client, i, now + random.nextInt(6), next);
            draft.returned = draft.called + random.nextInt(20);
            drafts.add(draft);
            decide(draft);
            now = draft.returned == Invocation.NEVER ? draft.called + random.nextInt(20) : draft.returned;
            boolean again = (draft.outcome != null || draft.isLate) && random.nextInt(10) < 6;
            next = again ? next : operation(client, i);
        }
    }

    private Operation operation(String client, int number) {
        String key = "c-" + random.nextInt(customers.size());
        int kind = random.nextInt(20);
        if (kind < 5 && customers.size() > 1) {
            return transfer(key, client + "-" + number);
        } else if (kind < 11) {
            Account account = anyAccount();
            long cents = random.nextLong(1, 1000) * (kind < 7 ? 1 : -1);
            return new Post(key, account, cents, client + "-" + number);
        }
        return kind < 18 ? new Read(key) : new Total();
    }

    private Operation transfer(String from, String id) {
        String to = from;
        while (to.equals(from)) {
            to = "c-" + random.nextInt(customers.size());
        }
        return new Transfer(from, anyAccount(), to, anyAccount(), random.nextLong(1, 1000), id);
    }

    private Account anyAccount() {
        return ACCOUNTS.get(random.nextInt(ACCOUNTS.size()));
    }

    /** What becomes of it; only what is answered has no outcome yet. */
    private void decide(Draft draft) {
        int fate = random.nextInt(20);
        if (fate < 16) {
            answer(draft);
        } else if (fate < 18 && draft.operation instanceof Post post) {
            draft.outcome = new Unknown("lost");
            draft.returned = Invocation.NEVER;
            if (fate == 16) {
                at(draft.called, draft.called + 60, () -> customer(post.key()).apply(post));
            }
        } else if (fate < 18 && draft.operation instanceof Transfer transfer) {
            draft.outcome = new Unknown("lost");
            draft.returned = Invocation.NEVER;
            if (fate == 16) {
                move(draft, transfer, draft.called + 60, draft.called + 90);
            }
        } else {
            draft.outcome = new Refused("fate");
        }
    }

    private void answer(Draft draft) {
        if (draft.operation instanceof Post post) {
            at(
                    draft.called,
                    draft.returned,
                    () -> draft.outcome = customer(post.key()).apply(post));
        } else if (draft.operation instanceof Transfer transfer) {
            draft.isLate = random.nextInt(4) == 0;
            move(draft, transfer, draft.returned, draft.returned + (draft.isLate ? 60 : 0));
        } else if (draft.operation instanceof Read read) {
            at(draft.called, draft.returned, () -> {
                Customer customer = customer(read.key());
                draft.outcome = new Seen(customer.version(), customer.holdings);
            });
        } else {
            long[] sum = {0};
            for (Customer customer : customers.values()) {
                at(draft.called, draft.returned, () -> {
                    sum[0] += customer.holdings.total() + customer.sent;
                    draft.outcome = new Summed(customers.size(), sum[0]);
                });
            }
        }
    }

    /**
     * The money leaves and then arrives, or comes back, once.
     *
     * @param left by then it has left
     * @param arrived by then it has arrived
     */
    private void move(Draft draft, Transfer transfer, long left, long arrived) {
        long debitAt = draft.called + random.nextLong(left - draft.called + 1);
        Outcome[] paid = {new Refused("not yet")};
        effects.add(new Effect(debitAt, () -> {
            paid[0] = customer(transfer.from()).transfer(TransferParts.debit(transfer));
            answer(draft, paid[0] instanceof Insufficient || !draft.isLate ? paid[0] : inTransit(paid[0]));
        }));
        at(debitAt, arrived, () -> {
            if (paid[0] instanceof Insufficient) {
                return;
            }
            boolean isRefused = Math.floorMod(transfer.id().hashCode(), 5) == 0;
            Post second = isRefused ? TransferParts.refund(transfer) : TransferParts.credit(transfer);
            Outcome done = customer(second.key()).transfer(second);
            if (isRefused && !draft.isLate) {
                answer(draft, new Refunded(balance(done)));
            }
        });
    }

    private static void answer(Draft draft, Outcome outcome) {
        if (draft.returned != Invocation.NEVER) {
            draft.outcome = outcome;
        }
    }

    private static Outcome inTransit(Outcome paid) {
        return new InTransit(balance(paid));
    }

    private static long balance(Outcome done) {
        return done instanceof Applied applied ? applied.balance() : ((AlreadyApplied) done).balance();
    }

    private Customer customer(String key) {
        return Objects.requireNonNull(customers.get(key));
    }

    private void at(long from, long until, Runnable what) {
        effects.add(new Effect(from + random.nextLong(until - from + 1), what));
    }
}
