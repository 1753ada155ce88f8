package dev.ringshard.cli;

import static dev.ringshard.cli.Screens.NEXT;
import static dev.ringshard.cli.Screens.assertScreen;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.status.Leftovers;
import dev.ringshard.status.RecoveryOutcome;
import dev.ringshard.verify.AuditFinding;
import dev.ringshard.verify.AuditFindings;
import dev.ringshard.verify.BrokenForeignKey;
import dev.ringshard.verify.MisplacedRow;
import dev.ringshard.verify.Occurrences;
import dev.ringshard.verify.ReferenceFindings;
import dev.ringshard.verify.RingFindings;
import dev.ringshard.verify.RowFindings;
import dev.ringshard.verify.SharedKey;
import dev.ringshard.verify.SharedRange;
import dev.ringshard.verify.UnfencedTable;
import dev.ringshard.verify.Verification;
import dev.ringshard.verify.WrongToken;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The screens of a verification. */
class VerifyScreensTest {
    @Test
    void a_sound_cluster_says_what_was_checked() {
        VerifyReport report = verified(SOUND_RING, SOUND_ROWS, none(), balances(none()), Map.of(), Optional.empty());

        assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
        assertScreen(ScreenStyle.PLAIN, report, """
                Cluster bank is sound · 2 shards, 12,345 rows · 1.5 s, 8,230/s
                Rows served: 2,000 customers, 10,345 account_entries

                  checked                                        wrong
                  every token of the ring has an owner               0
                  no token has two                                   0
                  every row is on the shard that owns its token      0
                  every row has the token of its key                 0
                  no key has rows on two shards                      0
                  every foreign key stays within one token           0
                  the fence is at work on every table                0
                  every balance is the sum of its entries            0

                Nothing is left over from moves.
                Next: ringshard status --config bank.yaml
                """);
    }

    @Test
    void a_fence_that_is_not_at_work_is_put_on_by_init() {
        VerifyReport report = verified(
                SOUND_RING,
                SOUND_ROWS,
                found(new UnfencedTable("eu-2", "visits")),
                balances(none()),
                Map.of(),
                Optional.empty());

        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertThat(report.lines(ScreenStyle.PLAIN))
                .startsWith("Cluster bank is NOT sound · 2 shards, 12,345 rows · 1.5 s, 8,230/s")
                .contains("Tables whose fence is not at work", "  eu-2   visits")
                .doesNotContain("keep these databases as they are, and look into each of the above.")
                .endsWith("Next: ringshard init --config bank.yaml");
    }

    @Test
    void leftovers_are_told_apart_from_damage() {
        Map<String, Leftovers> leftovers = new LinkedHashMap<>();
        leftovers.put("eu-1", new Leftovers(0, 12, 1));
        leftovers.put("eu-2", new Leftovers(1, 0, 0));
        VerifyReport report = verified(
                SOUND_RING,
                SOUND_ROWS,
                none(),
                balances(none()),
                leftovers,
                Optional.of(new RecoveryOutcome(0, 0, 3, 14, List.of())));

        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertThat(String.join("\n", report.lines(ScreenStyle.PLAIN)))
                .startsWith("""
                Cluster bank is sound · 2 shards, 12,345 rows · 1.5 s, 8,230/s
                Rows served: 2,000 customers, 10,345 account_entries
                Repaired first: 0 handovers finished, 0 staged copies dropped, 3 departed ranges emptied.
                """)
                .endsWith("""
                Left over from moves, or under way: no damage.
                  shard  staged ranges  departed ranges  handovers to finish
                  eu-1               0               12                    1
                  eu-2               1                0                    0
                Next: ringshard recover --config bank.yaml""");
    }

    @Test
    void each_kind_of_damage_is_named_with_examples() {
        RingFindings ring = new RingFindings(
                found(new TokenRange(-100, -1)),
                found(
                        new SharedRange(new TokenRange(0, 100), List.of("eu-1", "eu-2")),
                        new SharedRange(new TokenRange(7, 7), List.of("eu-2"))),
                List.of(),
                List.of());
        RowFindings rows = new RowFindings(
                new Occurrences<>(
                        1234,
                        List.of(
                                new MisplacedRow("eu-1", "customers", Optional.of("it's"), -42, Optional.of("eu-2")),
                                new MisplacedRow("eu-1", "notes", Optional.empty(), -43, Optional.empty()))),
                found(
                        new WrongToken("eu-2", "account_entries", "c-8", 17, OptionalLong.of(4711)),
                        new WrongToken("eu-2", "customers", "", 17, OptionalLong.empty())),
                found(new SharedKey("it's", List.of("eu-1", "eu-2"))),
                found(
                        new BrokenForeignKey(
                                "eu-1",
                                "visits",
                                "visits_note",
                                "notes",
                                Optional.of("c-8"),
                                17,
                                OptionalLong.of(4711)),
                        new BrokenForeignKey(
                                "eu-1", "visits", "visits_note", "notes", Optional.empty(), 18, OptionalLong.empty())));
        Occurrences<AuditFinding> balances =
                found(new AuditFinding("eu-1", "c-9", "SAVINGS holds 1000.00, its entries add up to 999.99"));

        VerifyReport report = verified(
                ring, rows, found(new UnfencedTable("eu-2", "visits")), balances(balances), Map.of(), Optional.empty());

        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertScreen(ScreenStyle.PLAIN, report, """
                Cluster bank is NOT sound · 2 shards, 12,345 rows · 1.5 s, 8,230/s
                Rows served: 2,000 customers, 10,345 account_entries

                  checked                                        wrong
                  every token of the ring has an owner               1
                  no token has two                                   2
                  every row is on the shard that owns its token  1,234
                  every row has the token of its key                 2
                  no key has rows on two shards                      1
                  every foreign key stays within one token           2
                  the fence is at work on every table                1
                  every balance is the sum of its entries            1

                Ranges that no shard owns
                  from  to
                  -100  -1

                Ranges that have more than one owner
                  from   to  owners
                     0  100  eu-1, eu-2
                     7    7  eu-2, which also hides it

                Rows on a shard that does not own their token, for example
                  shard  table      key   token  belongs to
                  eu-1   customers  it's    -42  eu-2
                  eu-1   notes      –       -43  no shard

                Rows with a token that is not their key's
                  shard  table            key  token  its key's
                  eu-2   account_entries  c-8     17       4711
                  eu-2   customers                17     no key

                Keys with rows on more than one shard
                  key   shards
                  it's  eu-1, eu-2

                Rows that refer to a row of another token, or to none
                  shard  table   key  token  foreign key  to      of token
                  eu-1   visits  c-8     17  visits_note  notes       4711
                  eu-1   visits  –       18  visits_note  notes  not there

                Tables whose fence is not at work
                  shard  table
                  eu-2   visits

                Not so: every balance is the sum of its entries
                  shard  key
                  eu-1   c-9  SAVINGS holds 1000.00, its entries add up to 999.99

                Nothing is left over from moves.

                Nothing of what is wrong is ever repaired by a command. End what writes past Ringshard,
                keep these databases as they are, and look into each of the above.
                Next: ringshard get --config bank.yaml c-9
                """);
    }

    private static final RingFindings SOUND_RING = new RingFindings(none(), none(), List.of(), List.of());
    private static final RowFindings SOUND_ROWS = new RowFindings(none(), none(), none(), none());

    private static <T> Occurrences<T> none() {
        return new Occurrences<>(0, List.of());
    }

    private static <T> Occurrences<T> found(T only) {
        return new Occurrences<>(1, List.of(only));
    }

    private static <T> Occurrences<T> found(T one, T other) {
        return new Occurrences<>(2, List.of(one, other));
    }

    @Test
    void a_cluster_without_the_bank_is_told_by_its_own_tables_and_its_keys_are_located() {
        Map<String, Long> owned = new LinkedHashMap<>();
        owned.put("tenants", 1L);
        owned.put("orders", 300L);
        RowFindings rows =
                new RowFindings(none(), none(), found(new SharedKey("tenant-7", List.of("eu-1", "eu-2"))), none());
        Verification found = new Verification(
                new Verification.Extent(2, owned, 302, Duration.ofMillis(1500)),
                SOUND_RING,
                rows,
                none(),
                ReferenceFindings.NONE,
                List.of(),
                List.of(),
                Map.of(),
                List.of());

        List<String> lines =
                new VerifyReport("shop", false, false, found, Optional.empty(), NEXT).lines(ScreenStyle.PLAIN);

        assertThat(lines)
                .startsWith(
                        "Cluster shop is NOT sound · 2 shards, 302 rows · 1.5 s, 201/s",
                        "Rows served: 1 tenants, 300 orders");
        assertThat(lines).last().isEqualTo("Next: ringshard locate --config bank.yaml tenant-7");
        assertThat(String.join(" ", lines)).doesNotContain("customer", "balance");
    }

    private static AuditFindings balances(Occurrences<AuditFinding> found) {
        return new AuditFindings("unbalanced", "every balance is the sum of its entries", found);
    }

    private static VerifyReport verified(
            RingFindings ring,
            RowFindings rows,
            Occurrences<UnfencedTable> unfenced,
            AuditFindings audit,
            Map<String, Leftovers> leftovers,
            Optional<RecoveryOutcome> repaired) {
        Map<String, Long> owned = new LinkedHashMap<>();
        owned.put("customers", 2_000L);
        owned.put("account_entries", 10_345L);
        Verification.Extent extent = new Verification.Extent(2, owned, 12_345, Duration.ofMillis(1500));
        return new VerifyReport(
                "bank",
                true,
                false,
                new Verification(
                        extent,
                        ring,
                        rows,
                        unfenced,
                        ReferenceFindings.NONE,
                        List.of(),
                        List.of(audit),
                        leftovers,
                        List.of()),
                repaired,
                NEXT);
    }
}
