package dev.ringshard.chaos;

import dev.ringshard.bank.Account;
import dev.ringshard.chaos.Books.Book;
import dev.ringshard.chaos.Books.Entry;
import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.chaos.Operation.Transfer;
import dev.ringshard.chaos.Outcome.AlreadyApplied;
import dev.ringshard.chaos.Outcome.Applied;
import dev.ringshard.chaos.Outcome.Refused;
import dev.ringshard.chaos.Outcome.Seen;
import dev.ringshard.chaos.Outcome.Summed;
import dev.ringshard.chaos.SimulatedBank.Past;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** One way to break a valid past, so that it must be rejected; empty where the past offers no occasion. */
enum Breakage {
    LOSE_AN_ACKNOWLEDGED_WRITE {
        @Override
        Optional<Past> of(Past past, RandomGenerator random) {
            return pick(past, random, Breakage::isApplied).map(invocation -> {
                Post post = (Post) invocation.operation();
                return withEntries(
                        past,
                        post.key(),
                        entries -> entries.removeIf(entry -> entry.id().equals(post.id())));
            });
        }
    },
    WRITE_SOMETHING_TWICE {
        @Override
        Optional<Past> of(Past past, RandomGenerator random) {
            return anyEntry(past, random)
                    .map(of -> withEntries(past, of.key(), entries -> entries.add(entries.get(of.index()))));
        }
    },
    WRITE_WHAT_NOBODY_ASKED_FOR {
        @Override
        Optional<Past> of(Past past, RandomGenerator random) {
            Entry stray = new Entry("stray", 0, Account.CHECKING, 1, 0);
            return Optional.of(
                    withEntries(past, "c-0", entries -> entries.add(random.nextInt(entries.size() + 1), stray)));
        }
    },
    REFUSE_WHAT_IS_WRITTEN {
        @Override
        Optional<Past> of(Past past, RandomGenerator random) {
            return pick(past, random, one -> isApplied(one) && attempts(past, one) == 1)
                    .map(invocation -> answered(past, invocation, new Refused("broken")));
        }
    },
    ANSWER_A_WRONG_BALANCE {
        @Override
        Optional<Past> of(Past past, RandomGenerator random) {
            return pick(past, random, Breakage::isApplied).map(invocation -> {
                long balance = ((Applied) invocation.outcome()).balance();
                return answered(past, invocation, new Applied(balance + 1));
            });
        }
    },
    READ_WHAT_WAS_BEFORE_AN_ACKNOWLEDGED_WRITE {
        @Override
        Optional<Past> of(Past past, RandomGenerator random) {
            return pick(past, random, one -> one.outcome() instanceof Seen).flatMap(read -> pick(
                            past, random, write -> isKnown(write) && sameKey(write, read) && write.isBefore(read))
                    .map(write -> answered(past, read, seenBefore(past, (Post) write.operation()))));
        }
    },
    READ_BACKWARDS {
        @Override
        Optional<Past> of(Past past, RandomGenerator random) {
            return pick(past, random, one -> one.outcome() instanceof Seen seen && seen.version() > 2)
                    .flatMap(first -> pick(
                                    past,
                                    random,
                                    one -> one.outcome() instanceof Seen && sameKey(first, one) && first.isBefore(one))
                            .map(second -> answered(past, second, seenOneBefore(past, first))));
        }
    },
    STORE_WRITES_AGAINST_REAL_TIME {
        @Override
        Optional<Past> of(Past past, RandomGenerator random) {
            return pick(past, random, Breakage::isApplied).flatMap(first -> pick(
                            past, random, one -> isApplied(one) && sameKey(first, one) && first.isBefore(one))
                    .map(second -> swapped(past, (Post) first.operation(), (Post) second.operation())));
        }
    },
    BEGIN_A_LOST_WRITE_AFTER_ITS_EFFECT_WAS_SEEN {
        @Override
        Optional<Past> of(Past past, RandomGenerator random) {
            return pick(past, random, one -> one.isUnknown() && attempts(past, one) == 1 && indexOf(past, one) >= 0)
                    .flatMap(lost -> pick(
                                    past,
                                    random,
                                    one -> isApplied(one)
                                            && sameKey(lost, one)
                                            && indexOf(past, one) > indexOf(past, lost))
                            .map(later -> calledAt(past, lost, later.returned() + 1)));
        }
    },
    MISS_A_CUSTOMER {
        @Override
        Optional<Past> of(Past past, RandomGenerator random) {
            return pick(past, random, one -> one.outcome() instanceof Summed).map(total -> {
                Summed summed = (Summed) total.outcome();
                return answered(past, total, new Summed(summed.customers(), summed.cents() - 1_000_000_00));
            });
        }
    },
    COUNT_A_CUSTOMER_TWICE {
        @Override
        Optional<Past> of(Past past, RandomGenerator random) {
            return pick(past, random, one -> one.outcome() instanceof Summed).map(total -> {
                Summed summed = (Summed) total.outcome();
                return answered(past, total, new Summed(summed.customers() + 1, summed.cents()));
            });
        }
    },
    LOSE_A_CREDIT {
        @Override
        Optional<Past> of(Past past, RandomGenerator random) {
            return anyArrived(past, random)
                    .map(credit -> withEntries(
                            past,
                            credit.key(),
                            entries -> entries.removeIf(entry -> entry.id().equals(credit.id()))));
        }
    },
    CREDIT_TWICE {
        @Override
        Optional<Past> of(Past past, RandomGenerator random) {
            return anyArrived(past, random)
                    .map(credit -> withEntries(past, credit.key(), entries -> entries.add(entry(credit))));
        }
    },
    REFUND_BESIDE_A_CREDIT {
        @Override
        Optional<Past> of(Past past, RandomGenerator random) {
            return pick(past, random, one -> isArrived(past, one)).map(one -> {
                Post refund = TransferParts.refund((Transfer) one.operation());
                return withEntries(past, refund.key(), entries -> entries.add(entry(refund)));
            });
        }
    },
    STORE_A_WRONG_BALANCE {
        @Override
        Optional<Past> of(Past past, RandomGenerator random) {
            Book book = book(past, "c-0");
            Holdings wrong = book.balances().plus(Account.SAVINGS, random.nextBoolean() ? 1 : -1);
            return Optional.of(
                    withBook(past, new Book(book.key(), book.opened(), book.entries(), book.version(), wrong)));
        }
    };

    abstract Optional<Past> of(Past past, RandomGenerator random);

    private record PlaceOfEntry(String key, int index) {}

    interface Change {
        void of(List<Entry> entries);
    }

    static Optional<Invocation> pick(Past past, RandomGenerator random, Predicate<Invocation> wanted) {
        List<Invocation> found =
                past.history().invocations().stream().filter(wanted).toList();
        return found.isEmpty() ? Optional.empty() : Optional.of(found.get(random.nextInt(found.size())));
    }

    private static Optional<PlaceOfEntry> anyEntry(Past past, RandomGenerator random) {
        List<PlaceOfEntry> all = new ArrayList<>();
        past.books().byKey().values().forEach(book -> {
            for (int i = 0; i < book.entries().size(); i++) {
                all.add(new PlaceOfEntry(book.key(), i));
            }
        });
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
    }

    private static boolean isApplied(Invocation invocation) {
        return invocation.operation() instanceof Post && invocation.outcome() instanceof Applied;
    }

    private static boolean isKnown(Invocation invocation) {
        return invocation.operation() instanceof Post
                && (invocation.outcome() instanceof Applied || invocation.outcome() instanceof AlreadyApplied);
    }

    private static Optional<Post> anyArrived(Past past, RandomGenerator random) {
        return pick(past, random, one -> isArrived(past, one))
                .map(one -> TransferParts.credit((Transfer) one.operation()));
    }

    private static boolean isArrived(Past past, Invocation invocation) {
        return invocation.operation() instanceof Transfer transfer
                && indexOf(past, TransferParts.credit(transfer)) >= 0;
    }

    private static Entry entry(Post post) {
        return new Entry(post.id(), 0, post.account(), post.cents(), 0);
    }

    private static long attempts(Past past, Invocation of) {
        return past.history().invocations().stream()
                .filter(one -> one.operation().equals(of.operation()))
                .count();
    }

    private static boolean sameKey(Invocation one, Invocation other) {
        return key(one).equals(key(other));
    }

    static String key(Invocation invocation) {
        return invocation.operation() instanceof Post post
                ? post.key()
                : invocation.operation() instanceof Operation.Read read ? read.key() : "";
    }

    static Book book(Past past, String key) {
        return Objects.requireNonNull(past.books().byKey().get(key));
    }

    private static int indexOf(Past past, Invocation invocation) {
        return invocation.operation() instanceof Post post ? indexOf(past, post) : -1;
    }

    private static int indexOf(Past past, Post post) {
        return book(past, post.key()).entries().stream().map(Entry::id).toList().indexOf(post.id());
    }

    private static Seen seenBefore(Past past, Post write) {
        return seenAfter(past, write.key(), indexOf(past, write));
    }

    private static Seen seenOneBefore(Past past, Invocation read) {
        Seen seen = (Seen) read.outcome();
        Book book = book(past, key(read));
        return seenAfter(past, key(read), (int) (seen.version() - book.opened().version()) - 1);
    }

    private static Seen seenAfter(Past past, String key, int writes) {
        Book book = book(past, key);
        Book then = Books.book(key, book.opened(), book.entries().subList(0, writes));
        return new Seen(then.version(), then.balances());
    }

    private static Past swapped(Past past, Post one, Post other) {
        return withEntries(
                past, one.key(), entries -> Collections.swap(entries, indexOf(past, one), indexOf(past, other)));
    }

    static Past withEntries(Past past, String key, Change change) {
        Book book = book(past, key);
        List<Entry> entries = new ArrayList<>(book.entries());
        change.of(entries);
        return withBook(past, Books.book(key, book.opened(), entries));
    }

    private static Past withBook(Past past, Book book) {
        Map<String, Book> books = new HashMap<>(past.books().byKey());
        books.put(book.key(), book);
        return new Past(past.history(), past.founded(), new Books(books));
    }

    static Past answered(Past past, Invocation old, Outcome outcome) {
        return replaced(
                past,
                old,
                new Invocation(old.client(), old.number(), old.called(), old.returned(), old.operation(), outcome));
    }

    static Past calledAt(Past past, Invocation old, long called) {
        return replaced(
                past,
                old,
                new Invocation(old.client(), old.number(), called, old.returned(), old.operation(), old.outcome()));
    }

    static Past replaced(Past past, Invocation old, Invocation replacement) {
        List<Invocation> all = new ArrayList<>(past.history().invocations());
        all.set(all.indexOf(old), replacement);
        return new Past(new History(all), past.founded(), past.books());
    }
}
