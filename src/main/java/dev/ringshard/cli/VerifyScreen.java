package dev.ringshard.cli;

import dev.ringshard.bank.Imbalance;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.verify.Found;
import dev.ringshard.verify.Leftovers;
import dev.ringshard.verify.MisplacedRow;
import dev.ringshard.verify.RingFindings;
import dev.ringshard.verify.RowFindings;
import dev.ringshard.verify.SharedKey;
import dev.ringshard.verify.SharedRange;
import dev.ringshard.verify.Unbalanced;
import dev.ringshard.verify.Verification;
import dev.ringshard.verify.WrongToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** A verification's report for people: what was checked, then each kind of finding with examples. */
record VerifyScreen(VerifyReport report, Look look) {
    private static final String UNKNOWN = "–";

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(headline());
        report.repaired().ifPresent(done -> lines.add("Repaired first: " + RecoverReport.sentence(done)));
        lines.add("");
        lines.addAll(checks().lines(look));
        details(lines);
        lines.add("");
        lines.addAll(leftovers());
        if (!found().isSound()) {
            lines.add("");
            lines.add(look.bad(
                    "Nothing of what is wrong is ever repaired by a command. End what writes past Ringshard,"));
            lines.add(look.bad("keep these databases as they are, and look into each of the above."));
        }
        lines.add("Next: " + nextStep());
        return lines;
    }

    private Verification found() {
        return report.found();
    }

    private String headline() {
        Verification.Extent extent = found().extent();
        String verdict = found().isSound() ? look.good("is sound") : look.bad("is NOT sound");
        return "%s %s · %s, %s, %s · %s, %s"
                .formatted(
                        look.strong("Cluster " + report.cluster()),
                        verdict,
                        Numbers.count(extent.shards(), "shard", "shards"),
                        Numbers.count(extent.customers(), "customer", "customers"),
                        Numbers.count(extent.rows(), "row", "rows"),
                        Numbers.time(extent.time()),
                        Numbers.rate(extent.rows(), extent.time()));
    }

    private Table checks() {
        RingFindings ring = found().ring();
        RowFindings rows = found().rows();
        Table table = new Table().left("checked").right("wrong");
        check(table, "every token of the ring has an owner", ring.uncovered());
        check(table, "no token has two", ring.doublyOwned());
        check(table, "every row is on the shard that owns its token", rows.misplaced());
        check(table, "every row has the token of its key", rows.wrongTokens());
        check(table, "no customer is on two shards", rows.duplicated());
        check(table, "every balance is the sum of its entries", rows.unbalanced());
        return table;
    }

    private static void check(Table table, String what, Found<?> found) {
        table.row(what, Numbers.count(found.count()));
    }

    private void details(List<String> lines) {
        RingFindings ring = found().ring();
        RowFindings rows = found().rows();
        section(lines, "Ranges that no shard owns", ring.uncovered(), VerifyScreen::uncovered);
        if (!ring.leftOut().isEmpty()) {
            lines.add(look.bad("The shards know of %s, which the configuration leaves out: these ranges may be there."
                    .formatted(leftOut())));
        }
        section(lines, "Ranges that have more than one owner", ring.doublyOwned(), VerifyScreen::doublyOwned);
        section(lines, "Rows on a shard that does not own their token", rows.misplaced(), VerifyScreen::misplaced);
        section(lines, "Rows with a token that is not their key's", rows.wrongTokens(), VerifyScreen::wrongTokens);
        section(lines, "Customers on more than one shard", rows.duplicated(), VerifyScreen::duplicated);
        section(lines, "Balances that are not the sum of their entries", rows.unbalanced(), VerifyScreen::unbalanced);
    }

    private <T> void section(List<String> lines, String heading, Found<T> found, Function<List<T>, Table> table) {
        if (found.isNone()) {
            return;
        }
        lines.add("");
        lines.add(look.strong(heading) + (found.examples().size() < found.count() ? ", for example" : ""));
        if (!found.examples().isEmpty()) {
            lines.addAll(table.apply(found.examples()).lines(look));
        }
    }

    private String leftOut() {
        return String.join(", ", found().ring().leftOut());
    }

    private static Table uncovered(List<TokenRange> ranges) {
        Table table = new Table().right("from").right("to");
        ranges.forEach(range -> table.row(Long.toString(range.first()), Long.toString(range.last())));
        return table;
    }

    private static Table doublyOwned(List<SharedRange> ranges) {
        Table table = new Table().right("from").right("to").left("owners");
        for (SharedRange shared : ranges) {
            List<String> holders = shared.holders();
            table.row(
                    Long.toString(shared.range().first()),
                    Long.toString(shared.range().last()),
                    holders.size() == 1 ? holders.get(0) + ", which also hides it" : String.join(", ", holders));
        }
        return table;
    }

    private static Table misplaced(List<MisplacedRow> rows) {
        Table table = new Table()
                .left("shard")
                .left("table")
                .left("key")
                .right("token")
                .left("belongs to");
        for (MisplacedRow row : rows) {
            table.row(
                    row.shard(),
                    row.table(),
                    row.key().map(Texts::printable).orElse(UNKNOWN),
                    Long.toString(row.token()),
                    row.owner().orElse("no shard"));
        }
        return table;
    }

    private static Table wrongTokens(List<WrongToken> rows) {
        Table table = new Table()
                .left("shard")
                .left("table")
                .left("key")
                .right("token")
                .right("its key's");
        for (WrongToken row : rows) {
            table.row(
                    row.shard(),
                    row.table(),
                    Texts.printable(row.key()),
                    Long.toString(row.token()),
                    row.keyToken().isPresent() ? Long.toString(row.keyToken().getAsLong()) : "no key");
        }
        return table;
    }

    private static Table duplicated(List<SharedKey> keys) {
        Table table = new Table().left("key").left("shards");
        keys.forEach(shared -> table.row(Texts.printable(shared.key()), String.join(", ", shared.shards())));
        return table;
    }

    private static Table unbalanced(List<Unbalanced> customers) {
        Table table = new Table()
                .left("shard")
                .left("key")
                .left("account")
                .right("balance")
                .right("entries");
        for (Unbalanced customer : customers) {
            for (Imbalance imbalance : customer.accounts()) {
                table.row(
                        customer.shard(),
                        Texts.printable(customer.key()),
                        CustomerReport.name(imbalance.account()),
                        imbalance.balance().map(Numbers::money).orElse("no customer"),
                        Numbers.money(imbalance.entries()));
            }
        }
        return table;
    }

    private List<String> leftovers() {
        if (found().leftovers().isEmpty()) {
            return List.of("Nothing is left over from moves.");
        }
        List<String> lines = new ArrayList<>();
        lines.add("Left over from moves, or under way: no damage.");
        Table table = new Table()
                .left("shard")
                .right("staged ranges")
                .right("departed ranges")
                .right("handovers to finish");
        for (Leftovers left : found().leftovers()) {
            table.row(
                    left.shard(),
                    Numbers.count(left.incoming()),
                    Numbers.count(left.departed()),
                    Numbers.count(left.handovers()));
        }
        lines.addAll(table.lines(look));
        return lines;
    }

    private String nextStep() {
        if (!found().ring().leftOut().isEmpty()) {
            return "put %s into %s, then %s"
                    .formatted(leftOut(), report.next().config(), report.next().command("verify"));
        }
        if (found().isOk()) {
            return report.next().command("status");
        }
        return found().isSound()
                ? report.next().command("recover")
                : someKey()
                        .map(key -> report.next().command("get", Next.quoted(key)))
                        .orElse(report.next().command("status"));
    }

    /** One of those to look at; a key that no command takes is left out. */
    private Optional<String> someKey() {
        RowFindings rows = found().rows();
        return Stream.of(
                        rows.unbalanced().examples().stream().map(Unbalanced::key),
                        rows.duplicated().examples().stream().map(SharedKey::key),
                        rows.misplaced().examples().stream().flatMap(row -> row.key().stream()),
                        rows.wrongTokens().examples().stream()
                                .filter(row -> row.keyToken().isPresent())
                                .map(WrongToken::key))
                .flatMap(Function.identity())
                .filter(key -> key.equals(Texts.printable(key)))
                .findFirst();
    }
}
