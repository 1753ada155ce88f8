package dev.ringshard.cli;

import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.status.Leftovers;
import dev.ringshard.verify.AuditFinding;
import dev.ringshard.verify.AuditFindings;
import dev.ringshard.verify.BrokenForeignKey;
import dev.ringshard.verify.MisplacedRow;
import dev.ringshard.verify.Occurrences;
import dev.ringshard.verify.ReferenceCopy;
import dev.ringshard.verify.RingFindings;
import dev.ringshard.verify.RowFindings;
import dev.ringshard.verify.SharedKey;
import dev.ringshard.verify.SharedRange;
import dev.ringshard.verify.SharedValues;
import dev.ringshard.verify.UnfencedTable;
import dev.ringshard.verify.Verification;
import dev.ringshard.verify.WrongToken;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A verification's report for programs. */
final class VerifyJson {
    private VerifyJson() {}

    static Map<String, ?> of(VerifyReport report) {
        Verification found = report.found();
        RingFindings ring = found.ring();
        RowFindings rows = found.rows();
        return ReportJson.fields()
                .with("cluster", report.cluster())
                .with("ok", found.isOk())
                .with("sound", found.isSound())
                .with("shards", found.extent().shards())
                .with(
                        "owned",
                        found.extent().owned().entrySet().stream()
                                .map(table -> ReportJson.fields()
                                        .with("table", table.getKey())
                                        .with("rows", table.getValue()))
                                .toList())
                .with("rows", found.extent().rows())
                .with("seconds", Numbers.seconds(found.extent().time()))
                .with("rowsPerSecond", found.extent().rowsPerSecond())
                .with("uncovered", ring.uncovered().count())
                .with("setBack", ring.setBack())
                .with("leftOut", ring.leftOut())
                .with("doublyOwned", ring.doublyOwned().count())
                .with("misplaced", rows.misplaced().count())
                .with("wrongTokens", rows.wrongTokens().count())
                .with("duplicated", rows.duplicated().count())
                .with("brokenForeignKeys", rows.brokenForeignKeys().count())
                .with("unfenced", found.unfenced().count())
                .with("differingCopies", found.reference().differing().count())
                .with("copiesBehind", found.reference().behind().count())
                .with("unique", found.unique().stream().map(VerifyJson::unique).toList())
                .with("audits", found.audits().stream().map(VerifyJson::audit).toList())
                .with("leftovers", found.allLeftovers())
                .with(
                        "leftoversByShard",
                        found.leftovers().entrySet().stream()
                                .map(left -> leftovers(left.getKey(), left.getValue()))
                                .toList())
                .with("examples", examples(found))
                .with("remarks", found.remarks())
                .with("repaired", report.repaired().map(RecoverReport::json).orElse(null));
    }

    private static Map<String, ?> leftovers(String shard, Leftovers left) {
        return ReportJson.fields()
                .with("shard", shard)
                .with("incoming", left.incoming())
                .with("departed", left.departed())
                .with("handovers", left.handovers());
    }

    private static Map<String, ?> examples(Verification found) {
        RingFindings ring = found.ring();
        RowFindings rows = found.rows();
        return ReportJson.fields()
                .with("uncovered", list(ring.uncovered(), VerifyJson::range))
                .with("doublyOwned", list(ring.doublyOwned(), VerifyJson::sharedRange))
                .with("misplaced", list(rows.misplaced(), VerifyJson::misplacedRow))
                .with("wrongTokens", list(rows.wrongTokens(), VerifyJson::wrongToken))
                .with("duplicated", list(rows.duplicated(), VerifyJson::sharedKey))
                .with("brokenForeignKeys", list(rows.brokenForeignKeys(), VerifyJson::brokenForeignKey))
                .with("unfenced", list(found.unfenced(), VerifyJson::unfencedTable))
                .with("differingCopies", list(found.reference().differing(), VerifyJson::copy))
                .with("copiesBehind", list(found.reference().behind(), VerifyJson::copy));
    }

    private static Map<String, ?> unique(SharedValues unique) {
        return ReportJson.fields()
                .with("table", unique.column().table())
                .with("column", unique.column().column())
                .with("shared", unique.found().count())
                .with("examples", list(unique.found(), shared -> ReportJson.fields()
                        .with("value", shared.value())
                        .with("shards", shared.shards())));
    }

    private static Map<String, ?> audit(AuditFindings audit) {
        return ReportJson.fields()
                .with("kind", audit.kind())
                .with("rule", audit.rule())
                .with("wrong", audit.found().count())
                .with("examples", list(audit.found(), VerifyJson::auditFinding));
    }

    private static <T> List<Map<String, ?>> list(Occurrences<T> found, Function<T, ReportJson.Fields> json) {
        return found.examples().stream().<Map<String, ?>>map(json).toList();
    }

    private static ReportJson.Fields range(TokenRange range) {
        return ReportJson.fields()
                .with("first", Long.toString(range.first()))
                .with("last", Long.toString(range.last()));
    }

    private static ReportJson.Fields sharedRange(SharedRange shared) {
        return range(shared.range()).with("shards", shared.holders());
    }

    private static ReportJson.Fields misplacedRow(MisplacedRow row) {
        return ReportJson.fields()
                .with("shard", row.shard())
                .with("table", row.table())
                .with("key", row.key().orElse(null))
                .with("token", Long.toString(row.token()))
                .with("owner", row.owner().orElse(null));
    }

    private static ReportJson.Fields wrongToken(WrongToken row) {
        return ReportJson.fields()
                .with("shard", row.shard())
                .with("table", row.table())
                .with("key", row.key())
                .with("token", Long.toString(row.token()))
                .with("keyToken", token(row.keyToken()));
    }

    private static ReportJson.Fields sharedKey(SharedKey shared) {
        return ReportJson.fields().with("key", shared.key()).with("shards", shared.shards());
    }

    private static ReportJson.Fields brokenForeignKey(BrokenForeignKey row) {
        return ReportJson.fields()
                .with("shard", row.shard())
                .with("table", row.table())
                .with("constraint", row.constraint())
                .with("parent", row.parent())
                .with("key", row.key().orElse(null))
                .with("token", Long.toString(row.token()))
                .with("parentToken", token(row.parentToken()));
    }

    private static ReportJson.Fields unfencedTable(UnfencedTable table) {
        return ReportJson.fields().with("shard", table.shard()).with("table", table.table());
    }

    private static ReportJson.Fields copy(ReferenceCopy copy) {
        return ReportJson.fields()
                .with("shard", copy.shard())
                .with("table", copy.table())
                .with("version", copy.version());
    }

    private static @Nullable String token(OptionalLong token) {
        return token.isPresent() ? Long.toString(token.getAsLong()) : null;
    }

    private static ReportJson.Fields auditFinding(AuditFinding finding) {
        return ReportJson.fields()
                .with("shard", finding.shard())
                .with("key", finding.key())
                .with("text", finding.text());
    }
}
