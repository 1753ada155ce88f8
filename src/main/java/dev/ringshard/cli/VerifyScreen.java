package dev.ringshard.cli;

import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenTable;
import dev.ringshard.cli.screen.ScreenText;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.status.TableRows;
import dev.ringshard.verify.AuditFinding;
import dev.ringshard.verify.BrokenForeignKey;
import dev.ringshard.verify.MisplacedRow;
import dev.ringshard.verify.Occurrences;
import dev.ringshard.verify.ReferenceCopy;
import dev.ringshard.verify.RingFindings;
import dev.ringshard.verify.RowFindings;
import dev.ringshard.verify.SharedKey;
import dev.ringshard.verify.SharedRange;
import dev.ringshard.verify.SharedValue;
import dev.ringshard.verify.UnfencedTable;
import dev.ringshard.verify.Verification;
import dev.ringshard.verify.WrongToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** A verification's report for people: what was checked, then each kind of finding with examples. */
record VerifyScreen(VerifyReport report, ScreenStyle style) {
    private static final String UNKNOWN = "–";

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(headline());
        lines.add("Rows served: " + RowSummary.text(served()));
        report.repaired().ifPresent(done -> lines.add("Repaired first: " + RecoverReport.sentence(done)));
        lines.add("");
        lines.addAll(checks().lines(style));
        details(lines);
        lines.add("");
        lines.addAll(leftovers());
        if (found().isDamaged() && found().ring().leftOut().isEmpty()) {
            lines.add("");
            lines.add(style.bad(
                    "Nothing of what is wrong is ever repaired by a command. End what writes past Ringshard,"));
            lines.add(style.bad("keep these databases as they are, and look into each of the above."));
        }
        lines.addAll(Remarks.lines(found().remarks()));
        lines.add("Next: " + nextStep());
        return lines;
    }

    private Verification found() {
        return report.found();
    }

    private String headline() {
        Verification.Extent extent = found().extent();
        long shared = found().unique().stream()
                .mapToLong(unique -> unique.found().count())
                .sum();
        String verdict = !found().isSound()
                ? style.bad("is NOT sound")
                : shared == 0
                        ? style.good("is sound")
                        : style.good("is sound") + ", but "
                                + Numbers.count(shared, "value is on several shards", "values are on several shards");
        return "%s %s · %s, %s · %s, %s"
                .formatted(
                        style.strong("Cluster " + report.cluster()),
                        verdict,
                        Numbers.count(extent.shards(), "shard", "shards"),
                        Numbers.count(extent.rows(), "row", "rows"),
                        Numbers.time(extent.time()),
                        Numbers.rate(extent.rows(), extent.time()));
    }

    private List<TableRows> served() {
        return found().extent().owned().entrySet().stream()
                .map(table -> new TableRows(table.getKey(), table.getValue(), true))
                .toList();
    }

    private ScreenTable checks() {
        RingFindings ring = found().ring();
        RowFindings rows = found().rows();
        ScreenTable table = new ScreenTable().left("checked").right("wrong");
        check(table, "every token of the ring has an owner", ring.uncovered());
        check(table, "no token has two", ring.doublyOwned());
        check(table, "every row is on the shard that owns its token", rows.misplaced());
        check(table, "every row has the token of its key", rows.wrongTokens());
        check(table, "no key has rows on two shards", rows.duplicated());
        check(table, "every foreign key stays within one token", rows.brokenForeignKeys());
        check(table, "the fence is at work on every table", found().unfenced());
        if (report.hasReferenceTables()) {
            check(
                    table,
                    "every reference table holds what its version says",
                    found().reference().differing());
            check(
                    table,
                    "every shard has the newest version of each",
                    found().reference().behind());
        }
        found().unique()
                .forEach(unique ->
                        check(table, "no two shards have the same %s".formatted(unique.column()), unique.found()));
        found().audits().forEach(audit -> check(table, audit.rule(), audit.found()));
        return table;
    }

    private static void check(ScreenTable table, String what, Occurrences<?> found) {
        table.row(what, Numbers.count(found.count()));
    }

    private void details(List<String> lines) {
        RingFindings ring = found().ring();
        RowFindings rows = found().rows();
        section(lines, "Ranges that no shard owns", ring.uncovered(), VerifyScreen::uncovered);
        if (!ring.leftOut().isEmpty()) {
            lines.add(style.bad("The shards know of %s, which the configuration leaves out: these ranges may be there."
                    .formatted(leftOut())));
        }
        section(lines, "Ranges that have more than one owner", ring.doublyOwned(), VerifyScreen::doublyOwned);
        if (!ring.setBack().isEmpty()) {
            lines.add("");
            ring.setBack().forEach(sentence -> lines.add(style.bad(sentence)));
        }
        section(lines, "Rows on a shard that does not own their token", rows.misplaced(), VerifyScreen::misplaced);
        section(lines, "Rows with a token that is not their key's", rows.wrongTokens(), VerifyScreen::wrongTokens);
        section(lines, "Keys with rows on more than one shard", rows.duplicated(), VerifyScreen::duplicated);
        section(
                lines,
                "Rows that refer to a row of another token, or to none",
                rows.brokenForeignKeys(),
                VerifyScreen::brokenForeignKeys);
        section(lines, "Tables whose fence is not at work", found().unfenced(), VerifyScreen::unfenced);
        section(
                lines,
                "Reference tables that somebody wrote to past Ringshard",
                found().reference().differing(),
                VerifyScreen::copies);
        section(
                lines,
                "Reference tables that are not at their newest version: no damage",
                found().reference().behind(),
                VerifyScreen::copies);
        found().unique()
                .forEach(unique -> section(
                        lines,
                        "Values of %s that rows of several shards have".formatted(unique.column()),
                        unique.found(),
                        VerifyScreen::sharedValues));
        found().audits()
                .forEach(
                        audit -> section(lines, "Not so: " + audit.rule(), audit.found(), VerifyScreen::auditFindings));
    }

    private <T> void section(
            List<String> lines, String heading, Occurrences<T> found, Function<List<T>, ScreenTable> table) {
        if (found.isNone()) {
            return;
        }
        lines.add("");
        lines.add(style.strong(heading) + (found.examples().size() < found.count() ? ", for example" : ""));
        if (!found.examples().isEmpty()) {
            lines.addAll(table.apply(found.examples()).lines(style));
        }
    }

    private String leftOut() {
        return String.join(", ", found().ring().leftOut());
    }

    private static ScreenTable uncovered(List<TokenRange> ranges) {
        ScreenTable table = new ScreenTable().right("from").right("to");
        ranges.forEach(range -> table.row(Long.toString(range.first()), Long.toString(range.last())));
        return table;
    }

    private static ScreenTable doublyOwned(List<SharedRange> ranges) {
        ScreenTable table = new ScreenTable().right("from").right("to").left("owners");
        for (SharedRange shared : ranges) {
            List<String> holders = shared.holders();
            table.row(
                    Long.toString(shared.range().first()),
                    Long.toString(shared.range().last()),
                    holders.size() == 1 ? holders.get(0) + ", which also hides it" : String.join(", ", holders));
        }
        return table;
    }

    private static ScreenTable misplaced(List<MisplacedRow> rows) {
        ScreenTable table = new ScreenTable()
                .left("shard")
                .left("table")
                .left("key")
                .right("token")
                .left("belongs to");
        for (MisplacedRow row : rows) {
            table.row(
                    row.shard(),
                    row.table(),
                    row.key().map(ScreenText::printable).orElse(UNKNOWN),
                    Long.toString(row.token()),
                    row.owner().orElse("no shard"));
        }
        return table;
    }

    private static ScreenTable wrongTokens(List<WrongToken> rows) {
        ScreenTable table = new ScreenTable()
                .left("shard")
                .left("table")
                .left("key")
                .right("token")
                .right("its key's");
        for (WrongToken row : rows) {
            table.row(
                    row.shard(),
                    row.table(),
                    ScreenText.printable(row.key()),
                    Long.toString(row.token()),
                    row.keyToken().isPresent() ? Long.toString(row.keyToken().getAsLong()) : "no key");
        }
        return table;
    }

    private static ScreenTable duplicated(List<SharedKey> keys) {
        ScreenTable table = new ScreenTable().left("key").left("shards");
        keys.forEach(shared -> table.row(ScreenText.printable(shared.key()), String.join(", ", shared.shards())));
        return table;
    }

    private static ScreenTable brokenForeignKeys(List<BrokenForeignKey> rows) {
        ScreenTable table = new ScreenTable()
                .left("shard")
                .left("table")
                .left("key")
                .right("token")
                .left("foreign key")
                .left("to")
                .right("of token");
        for (BrokenForeignKey row : rows) {
            table.row(
                    row.shard(),
                    row.table(),
                    row.key().map(ScreenText::printable).orElse(UNKNOWN),
                    Long.toString(row.token()),
                    row.constraint(),
                    row.parent(),
                    row.parentToken().isPresent()
                            ? Long.toString(row.parentToken().getAsLong())
                            : "not there");
        }
        return table;
    }

    private static ScreenTable unfenced(List<UnfencedTable> tables) {
        ScreenTable table = new ScreenTable().left("shard").left("table");
        tables.forEach(unfenced -> table.row(unfenced.shard(), unfenced.table()));
        return table;
    }

    private static ScreenTable sharedValues(List<SharedValue> values) {
        ScreenTable table = new ScreenTable().left("value").left("shards");
        values.forEach(shared -> table.row(ScreenText.printable(shared.value()), String.join(", ", shared.shards())));
        return table;
    }

    private static ScreenTable copies(List<ReferenceCopy> copies) {
        ScreenTable table = new ScreenTable().left("shard").left("table").right("version");
        copies.forEach(copy -> table.row(copy.shard(), copy.table(), Numbers.count(copy.version())));
        return table;
    }

    private static ScreenTable auditFindings(List<AuditFinding> findings) {
        ScreenTable table = new ScreenTable().left("shard").left("key").left("");
        findings.forEach(finding ->
                table.row(finding.shard(), ScreenText.printable(finding.key()), ScreenText.printable(finding.text())));
        return table;
    }

    private List<String> leftovers() {
        if (found().leftovers().isEmpty()) {
            return List.of("Nothing is left over from moves.");
        }
        List<String> lines = new ArrayList<>();
        lines.add("Left over from moves, or under way: no damage.");
        ScreenTable table = new ScreenTable()
                .left("shard")
                .right("staged ranges")
                .right("departed ranges")
                .right("handovers to finish");
        found().leftovers()
                .forEach((shard, left) -> table.row(
                        shard,
                        Numbers.count(left.incoming()),
                        Numbers.count(left.departed()),
                        Numbers.count(left.handovers())));
        lines.addAll(table.lines(style));
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
        if (!found().ring().setBack().isEmpty()) {
            return "bring what was set back to its newest state, then "
                    + report.next().command("status");
        }
        if (!found().isSound() && !found().isDamaged()) {
            return report.next().command("init");
        }
        if (found().isSound()
                && found().leftovers().isEmpty()
                && found().reference().behind().isNone()) {
            return "give all but one of these rows another value, then repeat the command";
        }
        return found().isSound()
                ? report.next().command("recover")
                : someKey()
                        .map(key -> report.next().command(report.hasBank() ? "get" : "locate", NextStep.quoted(key)))
                        .orElse(report.next().command("status"));
    }

    /** One of those to look at; a key that no command takes is left out. */
    private Optional<String> someKey() {
        RowFindings rows = found().rows();
        return Stream.of(
                        found().audits().stream()
                                .flatMap(audit -> audit.found().examples().stream())
                                .map(AuditFinding::key),
                        rows.duplicated().examples().stream().map(SharedKey::key),
                        rows.misplaced().examples().stream().flatMap(row -> row.key().stream()),
                        rows.wrongTokens().examples().stream()
                                .filter(row -> row.keyToken().isPresent())
                                .map(WrongToken::key))
                .flatMap(Function.identity())
                .filter(key -> key.equals(ScreenText.printable(key)))
                .findFirst();
    }
}
