package dev.ringshard.chaos;

import dev.ringshard.chaos.Books.Book;
import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.chaos.Operation.Transfer;
import dev.ringshard.chaos.Violation.Kind;
import java.util.Objects;
import java.util.function.Consumer;

/** Whether the books hold of each transfer all or nothing: a debit with one credit or one refund, or none of the three. */
record TransferCheck(Books books, Consumer<Violation> report) {

    void check(Transfer transfer) {
        long debits = entries(TransferParts.debit(transfer));
        long credits = entries(TransferParts.credit(transfer));
        long refunds = entries(TransferParts.refund(transfer));
        if (debits > 1 || credits + refunds != debits) {
            report.accept(new Violation(
                    Kind.HALF_DONE,
                    "%s has %d debits, %d credits and %d refunds".formatted(transfer, debits, credits, refunds)));
        }
    }

    private long entries(Post post) {
        Book book = Objects.requireNonNull(books.byKey().get(post.key()));
        return book.entries().stream()
                .filter(entry -> entry.id().equals(post.id()))
                .count();
    }
}
