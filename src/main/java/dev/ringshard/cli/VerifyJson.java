package dev.ringshard.cli;

import dev.ringshard.bank.Imbalance;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.ReportJson;
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
import java.util.List;
import java.util.Map;
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
                .with("customers", found.extent().customers())
                .with("rows", found.extent().rows())
                .with("seconds", Numbers.seconds(found.extent().time()))
                .with("rowsPerSecond", found.extent().rowsPerSecond())
                .with("uncovered", ring.uncovered().count())
                .with("leftOut", ring.leftOut())
                .with("doublyOwned", ring.doublyOwned().count())
                .with("misplaced", rows.misplaced().count())
                .with("wrongTokens", rows.wrongTokens().count())
                .with("duplicated", rows.duplicated().count())
                .with("unbalanced", rows.unbalanced().count())
                .with("leftovers", found.allLeftovers())
                .with(
                        "leftoversByShard",
                        found.leftovers().stream().map(VerifyJson::leftovers).toList())
                .with("examples", examples(ring, rows))
                .with("repaired", report.repaired().map(RecoverReport::json).orElse(null));
    }

    private static Map<String, ?> leftovers(Leftovers left) {
        return ReportJson.fields()
                .with("shard", left.shard())
                .with("incoming", left.incoming())
                .with("departed", left.departed())
                .with("handovers", left.handovers());
    }

    private static Map<String, ?> examples(RingFindings ring, RowFindings rows) {
        return ReportJson.fields()
                .with("uncovered", list(ring.uncovered(), VerifyJson::range))
                .with("doublyOwned", list(ring.doublyOwned(), VerifyJson::sharedRange))
                .with("misplaced", list(rows.misplaced(), VerifyJson::strayRow))
                .with("wrongTokens", list(rows.wrongTokens(), VerifyJson::wrongToken))
                .with("duplicated", list(rows.duplicated(), VerifyJson::sharedKey))
                .with("unbalanced", list(rows.unbalanced(), VerifyJson::unbalanced));
    }

    private static <T> List<Map<String, ?>> list(Found<T> found, Function<T, ReportJson.Fields> json) {
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

    private static ReportJson.Fields strayRow(MisplacedRow row) {
        return ReportJson.fields()
                .with("shard", row.shard())
                .with("table", row.table())
                .with("key", row.key().orElse(null))
                .with("token", Long.toString(row.token()))
                .with("owner", row.owner().orElse(null));
    }

    private static ReportJson.Fields wrongToken(WrongToken row) {
        @Nullable
        String keyToken =
                row.keyToken().isPresent() ? Long.toString(row.keyToken().getAsLong()) : null;
        return ReportJson.fields()
                .with("shard", row.shard())
                .with("table", row.table())
                .with("key", row.key())
                .with("token", Long.toString(row.token()))
                .with("keyToken", keyToken);
    }

    private static ReportJson.Fields sharedKey(SharedKey shared) {
        return ReportJson.fields().with("key", shared.key()).with("shards", shared.shards());
    }

    private static ReportJson.Fields unbalanced(Unbalanced customer) {
        return ReportJson.fields()
                .with("shard", customer.shard())
                .with("key", customer.key())
                .with(
                        "accounts",
                        customer.accounts().stream().map(VerifyJson::imbalance).toList());
    }

    private static ReportJson.Fields imbalance(Imbalance imbalance) {
        return ReportJson.fields()
                .with("account", imbalance.account().name())
                .with("balance", imbalance.balance().orElse(null))
                .with("entries", imbalance.entries());
    }
}
