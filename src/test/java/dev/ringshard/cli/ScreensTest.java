package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.ClusterCheck;
import dev.ringshard.ClusterStatus;
import dev.ringshard.ClusterStatus.ShardStatus;
import dev.ringshard.ClusterStatus.State;
import dev.ringshard.bench.BenchSettings;
import dev.ringshard.bench.Comparison;
import dev.ringshard.bench.Figures;
import dev.ringshard.bench.Mix;
import dev.ringshard.bench.Work;
import dev.ringshard.cli.LoadLine.Outcome;
import dev.ringshard.config.RingConfig;
import dev.ringshard.customers.Account;
import dev.ringshard.customers.AccountEntry;
import dev.ringshard.customers.Balances;
import dev.ringshard.customers.Customer;
import dev.ringshard.customers.CustomerPage;
import dev.ringshard.customers.Imbalance;
import dev.ringshard.customers.LedgerTotals;
import dev.ringshard.customers.OperationId;
import dev.ringshard.customers.Posting;
import dev.ringshard.customers.Totals;
import dev.ringshard.rebalance.RebalancePlan;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.rebalance.Recovery.Recovered;
import dev.ringshard.rebalance.Transfer;
import dev.ringshard.rebalance.WritePauses;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.routing.Location;
import dev.ringshard.schema.ClusterInit;
import dev.ringshard.shard.PoolState;
import dev.ringshard.verify.Found;
import dev.ringshard.verify.Leftovers;
import dev.ringshard.verify.RingFindings;
import dev.ringshard.verify.RowFindings;
import dev.ringshard.verify.SharedKey;
import dev.ringshard.verify.SharedRange;
import dev.ringshard.verify.StrayRow;
import dev.ringshard.verify.Unbalanced;
import dev.ringshard.verify.Verification;
import dev.ringshard.verify.WrongToken;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Each screen as a whole, from fixed values. */
class ScreensTest {
    private static final Next NEXT = new Next("ringshard", "bank.yaml");
    private static final Look TERMINAL = new Look(false, true);
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Customer ZOE =
            new Customer("c-7", "Zoë", "Müller", new Balances("1234.50", "-20.00", "0.00"), -42L, 3, NOON, NOON);

    @Test
    void a_settled_cluster_names_the_next_command() {
        assertScreen(Look.PLAIN, new StatusReport(status(up("eu-1", 0.75, 1500), up("eu-2", 0.25, 500)), NEXT), """
                Cluster bank · 2 shards · 2,000 customers

                  shard  state  customers   share  target  ranges  pool  schema
                  eu-1   up         1,500  75.0 %  75.0 %     128  1/10       4
                  eu-2   up           500  25.0 %  25.0 %     128  1/10       4

                Nothing is left over from moves.
                Next: ringshard get --config bank.yaml KEY
                """);
    }

    @Test
    void a_terminal_also_gets_bars() {
        assertScreen(TERMINAL, new StatusReport(status(up("eu-1", 0.75, 0), up("eu-2", 0.25, 0)), NEXT), """
                Cluster bank · 2 shards · 0 customers

                  shard  state  customers   share                            target  ranges  pool  schema
                  eu-1   up             0  75.0 %  ████████████████████████  75.0 %     128  1/10       4
                  eu-2   up             0  25.0 %  ████████                  25.0 %     128  1/10       4

                Nothing is left over from moves.
                Next: ringshard load --config bank.yaml --customers FILE.csv --transactions FILE.csv
                """);
    }

    @Test
    void shards_that_are_down_or_new_say_so() {
        ShardStatus down = new ShardStatus(
                "eu-2",
                State.DOWN,
                Optional.of("Shard eu-2 cannot be reached: refused."),
                0,
                0.25,
                OptionalLong.empty(),
                OptionalLong.empty(),
                0,
                Optional.empty(),
                Optional.empty());
        ShardStatus fresh = new ShardStatus(
                "eu-3",
                State.NEW,
                Optional.empty(),
                0,
                0.25,
                OptionalLong.of(0),
                OptionalLong.empty(),
                2,
                Optional.empty(),
                Optional.empty());

        StatusReport report = new StatusReport(status(up("eu-1", 0.5, 1), down, fresh), NEXT);

        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertScreen(Look.PLAIN, report, """
                Cluster bank · 3 shards · 1 customer on those that answer

                  shard  state  customers   share  target  ranges  pool  schema
                  eu-1   up             1  50.0 %  50.0 %     128  1/10       4
                  eu-2   down           –       –  25.0 %       –     –       –
                  eu-3   new            –   0.0 %  25.0 %       0     –       –

                Shard eu-2 cannot be reached: refused.
                50.0 % of the ring has no owner among the shards that answer.
                2 leftovers of moves await recovery.
                Next: see that each database that is down runs, then ringshard status --config bank.yaml
                """);
    }

    @Test
    void what_is_served_names_its_addresses() throws Exception {
        InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9470);
        assertScreen(Look.PLAIN, new ServeReport("bank", here, true), """
                Cluster bank is shown at http://127.0.0.1:9470/

                  for Prometheus  http://127.0.0.1:9470/metrics
                  for health      http://127.0.0.1:9470/health

                It only looks, and changes nothing. Ctrl-C ends it.
                """);
    }

    @Test
    void what_is_served_to_others_says_so() throws Exception {
        InetSocketAddress everywhere = new InetSocketAddress(InetAddress.getByAddress(new byte[16]), 80);
        assertScreen(Look.PLAIN, new ServeReport("bank", everywhere, false), """
                Cluster bank is shown at http://[0:0:0:0:0:0:0:0]:80/

                  for Prometheus  http://[0:0:0:0:0:0:0:0]:80/metrics
                  for health      http://[0:0:0:0:0:0:0:0]:80/health

                Whoever reaches this address may read all of it; there is no password.
                It only looks, and changes nothing. Ctrl-C ends it.
                """);
    }

    @Test
    void an_init_shows_who_got_what() {
        assertScreen(
                TERMINAL,
                new InitReport(
                        new ClusterInit.Outcome(8, List.of("eu-1", "eu-2")),
                        status(up("eu-1", 0.5, 0), up("eu-2", 0.5, 0)),
                        NEXT),
                """
                Cluster bank is initialised: 8 migrations ran, 2 of its 2 shards got a part of the ring.

                  shard  share of the ring                            ranges  schema
                  eu-1              50.0 %  ████████████████████████     128       4
                  eu-2              50.0 %  ████████████████████████     128       4

                Next: ringshard load --config bank.yaml --customers FILE.csv --transactions FILE.csv
                """);
    }

    @Test
    void a_customer_shows_balances_and_newest_entries() {
        AccountEntry entry = new AccountEntry(
                "op-1",
                3,
                AccountEntry.Kind.WITHDRAWAL,
                Account.CHECKING,
                new BigDecimal("-1000.00"),
                new BigDecimal("-20.00"),
                NOON);
        assertScreen(Look.PLAIN, new CustomerReport(ZOE, "eu-1", List.of(entry), NEXT), """
                c-7 · Zoë Müller · on eu-1 · token -42

                  savings   1,234.50
                  checking    -20.00
                  401(k)        0.00
                  together  1,214.50

                  when (UTC)           account      amount  balance  operation
                  2026-11-23 12:00:00  checking  -1,000.00   -20.00  op-1

                Next: ringshard locate --config bank.yaml c-7
                """);
    }

    @Test
    void a_place_on_the_ring_shows_token_and_range() {
        Location location = new Location("it's", -42, new TokenRange(-100, 7), "eu-1");
        assertScreen(Look.PLAIN, new LocateReport(List.of(location), NEXT), """
                  key   shard  token  range from  to
                  it's  eu-1     -42        -100   7

                Next: ringshard get --config bank.yaml 'it'\\''s'
                """);
    }

    @Test
    void a_load_counts_what_is_new_known_and_refused() {
        LoadTally tally = new LoadTally(20);
        tally.done(Outcome.CREATED);
        tally.done(Outcome.APPLIED);
        tally.done(Outcome.ALREADY_APPLIED);
        LoadReport complete = load(tally, Optional.empty());
        assertThat(complete.exitCode()).isEqualTo(ExitCode.DONE);
        assertScreen(Look.PLAIN, complete, """
                Loaded 3 lines in 1.5 s (2/s, 8 workers).

                                new  already there  refused
                  customers       1              0        0
                  transactions    1              1        0

                All shards together now hold 1 customer and 1,234.50.
                Next: ringshard status --config bank.yaml
                """);
    }

    @Test
    void a_load_that_ended_early_says_how_to_go_on() {
        LoadReport stopped = load(new LoadTally(20), Optional.of(LoadStop.INTERRUPTED));
        assertThat(stopped.exitCode()).isEqualTo(ExitCode.FAILED);
        assertScreen(Look.PLAIN, stopped, """
                Ended early, after 0 lines and 1.5 s; repeating it is safe, nothing is applied twice.

                                new  already there  refused
                  customers       0              0        0
                  transactions    0              0        0

                Next: ringshard load the same
                """);
    }

    @Test
    void made_up_customers_need_no_files_to_mend() {
        LoadTally tally = new LoadTally(20);
        tally.done(Outcome.CREATED);
        tally.refused(new RefusedLine(LoadKind.CUSTOMERS, "generated customers", 2, "why"));
        LoadReport.Effort effort =
                new LoadReport.Effort(EnumSet.of(LoadKind.CUSTOMERS), true, true, 8, Duration.ofMillis(1500));
        LoadReport report = new LoadReport(effort, tally, Optional.empty(), Optional.empty(), NEXT, "ringshard load");
        assertScreen(Look.PLAIN, report, """
                Loaded 2 lines in 1.5 s (1/s, 8 workers), but refused 1 of them.

                             new  already there  refused
                  customers    1              0        1

                Next: repeat it with a --prefix that nobody else has
                """);
    }

    @Test
    void a_benchmark_shows_both_sides_and_the_ratio() {
        assertScreen(Look.PLAIN, benchmark(List.of(COMPARED, MIXED, COMPARED, COMPARED), false), """
                Cluster bank · 4 shards · 8 threads · 10,000 customers · 5 rounds of 500.0 ms for each

                  work        by             rate      p50      p99    p99.9  ratio  from    to
                  point read  Ringshard  31,204/s  0.24 ms  0.61 ms  1.20 ms   0.87  0.85  0.90
                              raw JDBC   36,010/s  0.20 ms  0.55 ms  1.10 ms
                  mix 90:10   Ringshard  31,204/s  0.24 ms  0.61 ms  1.20 ms   1.00  0.99  1.01
                              raw JDBC   36,010/s  0.20 ms  0.55 ms  1.10 ms
                  point read  Ringshard  31,204/s  0.24 ms  0.61 ms  1.20 ms   0.87  0.85  0.90
                              raw JDBC   36,010/s  0.20 ms  0.55 ms  1.10 ms
                  point read  Ringshard  31,204/s  0.24 ms  0.61 ms  1.20 ms   0.87  0.85  0.90
                              raw JDBC   36,010/s  0.20 ms  0.55 ms  1.10 ms

                Ratio: Ringshard's rate to that of raw JDBC, by turns on the same connections; the median round,
                and the lowest and highest. Raw JDBC has no fence, and writes to tables of its own.
                What the run stored is removed; no other customer was touched.
                Next: ringshard status --config bank.yaml
                """);
    }

    @Test
    void a_benchmark_that_was_stopped_shows_what_it_has_and_what_it_kept() {
        BenchReport stopped = benchmark(List.of(), true);
        assertThat(stopped.exitCode()).isEqualTo(ExitCode.FAILED);
        assertScreen(Look.PLAIN, stopped, """
                Cluster bank · 4 shards · 8 threads · 10,000 customers · 5 rounds of 500.0 ms for each

                Stopped on request.
                What the run stored is still there.
                Next: ringshard bench --config bank.yaml --remove bench-3f9a01c7
                """);
    }

    private static final Figures RINGSHARD =
            new Figures(31_204.4, Duration.ofNanos(240_000), Duration.ofNanos(610_000), Duration.ofNanos(1_200_000), 3);
    private static final Figures RAW =
            new Figures(36_010, Duration.ofNanos(200_000), Duration.ofNanos(550_000), Duration.ofNanos(1_100_000), 2);
    private static final Comparison COMPARED = new Comparison(Work.POINT_READ, RINGSHARD, RAW, 0.867, 0.85, 0.9);
    private static final Comparison MIXED = new Comparison(Work.MIX, RINGSHARD, RAW, 1, 0.99, 1.01);

    private static BenchReport benchmark(List<Comparison> comparisons, boolean isKept) {
        BenchSettings settings = new BenchSettings(8, Duration.ofSeconds(20), Mix.MOSTLY_READS, 10_000, 1);
        return new BenchReport(
                new BenchReport.Effort("bank", 4, settings, "bench-3f9a01c7", isKept), comparisons, NEXT);
    }

    @Test
    void a_sound_cluster_says_what_was_checked() {
        VerifyReport report = verified(SOUND_RING, SOUND_ROWS, List.of(), Optional.empty());

        assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
        assertScreen(Look.PLAIN, report, """
                Cluster bank is sound · 2 shards, 2,000 customers, 12,345 rows · 1.5 s, 8,230/s

                  checked                                        wrong
                  every token of the ring has an owner               0
                  no token has two                                   0
                  every row is on the shard that owns its token      0
                  every row has the token of its key                 0
                  no customer is on two shards                       0
                  every balance is the sum of its entries            0

                Nothing is left over from moves.
                Next: ringshard status --config bank.yaml
                """);
    }

    @Test
    void an_export_says_where_to_and_what_to_do_with_it() {
        Path file = Path.of("all of them.csv");
        assertScreen(Look.PLAIN, new ExportReport(file, 2000, Duration.ofMillis(500), false, NEXT), """
                Exported 2,000 customers to all of them.csv in 0.5 s (4,000/s).
                Next: ringshard load --config OTHER.yaml --customers 'all of them.csv'
                """);
        ExportReport stopped = new ExportReport(file, 1, Duration.ofMillis(500), true, NEXT);
        assertThat(stopped.exitCode()).isEqualTo(ExitCode.FAILED);
        assertScreen(Look.PLAIN, stopped, """
                Stopped on request. 1 customer was read. all of them.csv is as it was before.
                Next: repeat the command
                """);
        assertScreen(Look.PLAIN, new ExportReport(null, 20, Duration.ofMillis(500), true, NEXT), """
                Stopped on request. 20 customers were read. What was printed is not all.
                Next: repeat the command
                """);
    }

    @Test
    void a_lost_answer_can_be_asked_for_by_the_command_on_the_last_line() {
        PostingReport.Order order = new PostingReport.Order(
                PostingReport.Direction.DEPOSIT, "c-7", Account.SAVINGS, new BigDecimal("5.00"), new OperationId("x"));
        PostingReport unknown =
                new PostingReport(order, Optional.empty(), "ringshard deposit --id x c-7 savings 5", NEXT);
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.OUTCOME_UNKNOWN);
        assertScreen(Look.PLAIN, unknown, """
                Next: ringshard deposit --id x c-7 savings 5
                """);
    }

    @Test
    void a_configuration_that_is_checked_shows_what_each_database_says() {
        ClusterCheck check = new ClusterCheck(
                "bank",
                List.of(
                        checked("eu-1", ClusterCheck.State.MEMBER, Optional.empty()),
                        checked("eu-2", ClusterCheck.State.OUTDATED, Optional.of("Shard eu-2 has schema version 3."))));
        ConfigCheckReport report = new ConfigCheckReport(Path.of("bank.yaml"), RingConfig.DEFAULT, check, NEXT);
        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertScreen(Look.PLAIN, report, """
                Cluster bank · 2 shards · md5, 128 virtual nodes for a weight of 1, strategy balanced

                  shard  state     says it is    server           schema  database
                  eu-1   member    eu-1 of bank  PostgreSQL 18.6       4  jdbc:postgresql://db/eu-1
                  eu-2   outdated  eu-2 of bank  PostgreSQL 18.6       4  jdbc:postgresql://db/eu-2

                Shard eu-2 has schema version 3.
                Next: ringshard init --config bank.yaml
                """);
    }

    private static ClusterCheck.ShardCheck checked(String name, ClusterCheck.State state, Optional<String> problem) {
        return new ClusterCheck.ShardCheck(
                name,
                "jdbc:postgresql://db/" + name,
                state,
                Optional.of("PostgreSQL 18.6"),
                Optional.of("4"),
                Optional.of(new ClusterCheck.Identity("bank", name)),
                problem);
    }

    @Test
    void leftovers_are_told_apart_from_damage() {
        VerifyReport report = verified(
                SOUND_RING,
                SOUND_ROWS,
                List.of(new Leftovers("eu-1", 0, 12, 1), new Leftovers("eu-2", 1, 0, 0)),
                Optional.of(new Recovered(0, 0, 3, 14, List.of())));

        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertThat(String.join("\n", report.lines(Look.PLAIN))).startsWith("""
                Cluster bank is sound · 2 shards, 2,000 customers, 12,345 rows · 1.5 s, 8,230/s
                Repaired first: 0 handovers finished, 0 staged copies dropped, 3 departed ranges emptied.
                """).endsWith("""
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
                        new SharedRange(new TokenRange(7, 7), List.of("eu-2"))));
        RowFindings rows = new RowFindings(
                new Found<>(
                        1234,
                        List.of(
                                new StrayRow("eu-1", "customers", Optional.of("it's"), -42, Optional.of("eu-2")),
                                new StrayRow("eu-1", "notes", Optional.empty(), -43, Optional.empty()))),
                found(
                        new WrongToken("eu-2", "account_entries", "c-8", 17, OptionalLong.of(4711)),
                        new WrongToken("eu-2", "customers", "", 17, OptionalLong.empty())),
                found(new SharedKey("it's", List.of("eu-1", "eu-2"))),
                found(new Unbalanced(
                        "eu-1",
                        "c-9",
                        List.of(
                                new Imbalance(
                                        Account.SAVINGS,
                                        Optional.of(new BigDecimal("1000.00")),
                                        new BigDecimal("999.99")),
                                new Imbalance(Account.CHECKING, Optional.empty(), new BigDecimal("-5.00"))))));

        VerifyReport report = verified(ring, rows, List.of(), Optional.empty());

        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertScreen(Look.PLAIN, report, """
                Cluster bank is NOT sound · 2 shards, 2,000 customers, 12,345 rows · 1.5 s, 8,230/s

                  checked                                        wrong
                  every token of the ring has an owner               1
                  no token has two                                   2
                  every row is on the shard that owns its token  1,234
                  every row has the token of its key                 2
                  no customer is on two shards                       1
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

                Customers on more than one shard
                  key   shards
                  it's  eu-1, eu-2

                Balances that are not the sum of their entries
                  shard  key  account       balance  entries
                  eu-1   c-9  savings      1,000.00   999.99
                  eu-1   c-9  checking  no customer    -5.00

                Nothing is left over from moves.

                Nothing of what is wrong is ever repaired by a command. End what writes past Ringshard,
                keep these databases as they are, and look into each of the above.
                Next: ringshard get --config bank.yaml c-9
                """);
    }

    @Test
    void a_recovery_says_what_it_did_and_what_it_could_not() {
        assertScreen(Look.PLAIN, new RecoverReport("bank", new Recovered(0, 0, 0, 0, List.of()), NEXT), """
                Cluster bank · nothing to tidy up

                Nothing is left over from moves.
                Next: ringshard verify --config bank.yaml
                """);
        RecoverReport partial = new RecoverReport("bank", new Recovered(1, 2, 1, 3, List.of("eu-3", "eu-4")), NEXT);
        assertThat(partial.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertScreen(Look.PLAIN, partial, """
                Cluster bank · 1 handover finished, 2 staged copies dropped, 1 departed range emptied

                Not reached: eu-3, eu-4. What needs them is still to do.
                3 leftovers of moves remain: a mover is at work, or a shard that is needed was not reached.
                Next: see that each database that is down runs, then ringshard recover --config bank.yaml
                """);
    }

    private static final RingFindings SOUND_RING = new RingFindings(none(), none());
    private static final RowFindings SOUND_ROWS = new RowFindings(none(), none(), none(), none());

    private static <T> Found<T> none() {
        return new Found<>(0, List.of());
    }

    private static <T> Found<T> found(T only) {
        return new Found<>(1, List.of(only));
    }

    private static <T> Found<T> found(T one, T other) {
        return new Found<>(2, List.of(one, other));
    }

    private static VerifyReport verified(
            RingFindings ring, RowFindings rows, List<Leftovers> leftovers, Optional<Recovered> repaired) {
        Verification.Extent extent = new Verification.Extent(2, 2000, 12_345, Duration.ofMillis(1500));
        return new VerifyReport("bank", new Verification(extent, ring, rows, leftovers), repaired, NEXT);
    }

    @Test
    void the_demo_fits_on_one_screen_and_adds_up() {
        assertScreen(TERMINAL, demo("1214.50"), """
                Ringshard demo · four H2 databases in memory; a fifth joins, one is drained

                Where 1 customer lives
                  shard  customers   of all  of the ring
                  eu-1           1  100.0 %       50.0 %  ████████████████████████
                  eu-3           0    0.0 %       50.0 %

                One of them, found by key
                  c-7 · Zoë Müller · on eu-1 · token -42
                   savings  checking  401(k)  together
                  1,234.50    -20.00    0.00  1,214.50

                The first of all by last name, read from every shard
                  last name  first name  key  shard   savings  checking  401(k)
                  Müller     Zoë         c-7  eu-1   1,234.50    -20.00    0.00

                2 operations of 3, then time was up: 4 threads, 2.0 s, 1/s
                               applied   money  insufficient funds  sent twice, applied once
                  deposits           1  214.50                   0                         1
                  withdrawals        0    0.00                   1                         0
                  transfers          0    0.00                   0                         0

                Meanwhile: a fifth shard joined, and one was drained
                  share of the ring  at first                eu-3 joins            eu-2 is drained
                  eu-1                 50.0 %  ████████████      34.0 %  ████████           50.0 %  ████████████
                  eu-2                 50.0 %  ████████████      33.0 %  ████████            0.0 %
                  eu-3                  0.0 %                    33.0 %  ████████           50.0 %  ████████████

                                    rows  a second  of the ring   least  pause p50      p99     most
                  eu-3 joins       1,250     2,500       33.0 %  33.3 %     7.0 ms  12.0 ms  12.0 ms
                  eu-2 is drained  1,250     2,500       33.0 %  33.0 %     7.0 ms  12.0 ms  12.0 ms
                  Callers waited 1.0 ms (p50), 1.0 ms (p99), 1.0 ms at most for a write. None failed.

                Is all the money there?
                  accounts were opened with     1,000.00
                  + deposits acknowledged         214.50
                  − withdrawals acknowledged        0.00
                  = must be there               1,214.50
                  all balances, on all shards   1,214.50
                  all 4 entries, on all shards  1,214.50

                Yes, to the cent.

                Next: name your own databases in ringshard.yaml ('config example' prints one), then
                      ringshard init --config ringshard.yaml
                """);
    }

    @Test
    void the_demo_does_not_hide_that_a_cent_is_missing() {
        DemoReport report = demo("1214.49");
        assertThat(report.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertThat(report.lines(Look.PLAIN)).anyMatch(line -> line.startsWith("NO: these differ."));
    }

    private static final RebalanceReport REBALANCED = new RebalanceReport(
            1_250,
            1_200,
            Duration.ofMillis(500),
            new WritePauses(3, Duration.ofMillis(7), Duration.ofMillis(12), Duration.ofMillis(12)),
            List.of(),
            true);

    private static final List<DemoChange> CHANGES = List.of(
            new DemoChange(
                    "eu-3 joins",
                    Map.of("eu-1", 0.5, "eu-2", 0.5),
                    Map.of("eu-1", 0.34, "eu-2", 0.33, "eu-3", 0.33),
                    1 / 3.0,
                    REBALANCED),
            new DemoChange(
                    "eu-2 is drained",
                    Map.of("eu-1", 0.34, "eu-2", 0.33, "eu-3", 0.33),
                    Map.of("eu-1", 0.5, "eu-3", 0.5),
                    0.33,
                    REBALANCED));

    private static DemoReport demo(String ledger) {
        DemoTally tally = new DemoTally();
        tally.waited(Duration.ofMillis(1));
        tally.opened(new BigDecimal("1000.00"));
        DemoOperation deposit = operation(DemoOperation.Kind.DEPOSIT, "214.50");
        tally.answered(deposit, new Posting.Applied(BigDecimal.ONE));
        tally.answered(deposit, new Posting.AlreadyApplied(BigDecimal.ONE));
        tally.answered(
                operation(DemoOperation.Kind.WITHDRAWAL, "1.00"), new Posting.InsufficientFunds(BigDecimal.ZERO));
        Totals totals = new Totals(1, new BigDecimal("1234.50"), new BigDecimal("-20.00"), BigDecimal.ZERO.setScale(2));
        return new DemoReport(
                status(up("eu-1", 0.5, 1), up("eu-3", 0.5, 0)),
                new DemoReport.Work(4, 3, new Crew.Outcome(2, Duration.ofSeconds(2)), tally, CHANGES),
                new DemoReport.Found(ZOE, new CustomerPage(List.of(ZOE), Optional.empty()), key -> "eu-1"),
                new DemoReport.Proof(tally.expected(), totals, new LedgerTotals(4, new BigDecimal(ledger))),
                "ringshard");
    }

    @Test
    void a_plan_shows_shares_before_and_after_what_moves_and_what_it_takes() {
        PlanReport plan = new PlanReport(plan(true), NEXT);
        assertThat(plan.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertScreen(TERMINAL, plan, """
                Plan for cluster bank · balanced

                  shard  weight     now                              then
                  eu-1        2  50.0 %  ████████████████████████  50.0 %  ████████████████████████
                  eu-2        1  50.0 %  ████████████████████████  25.0 %  ████████████
                  eu-3        1   0.0 %                            25.0 %  ████████████              joins

                  from  to    ranges   rows    about
                  eu-2  eu-3       1  1,200  84.0 kB

                25.0 % of the ring moves: 1,200 rows in 1 range, about 84.0 kB.
                It takes about 0.1 s, at 20,000 rows a second for each pair of shards.
                That speed is a guess: nothing has moved yet.

                Next: ringshard rebalance --config bank.yaml --yes
                """);
    }

    @Test
    void a_plan_with_nothing_to_do_says_so() {
        PlanReport plan = new PlanReport(plan(false), NEXT);
        assertThat(plan.exitCode()).isEqualTo(ExitCode.DONE);
        assertScreen(Look.PLAIN, plan, """
                Plan for cluster bank · balanced

                  shard  weight     now    then
                  eu-1        1  50.0 %  50.0 %
                  eu-2        1  50.0 %  50.0 %

                Every shard owns what it should. Nothing has to move.

                Next: ringshard status --config bank.yaml
                """);
    }

    @Test
    void a_rebalance_tells_what_moved_and_how_long_writes_waited() {
        assertScreen(Look.PLAIN, new RebalanceDone(plan(true), REBALANCED, NEXT), """
                1,250 rows moved in 0.5 s, 2,500/s. Every shard owns what it should.
                Writes to a chunk that moved waited 7.0 ms (p50), 12.0 ms (p99), 12.0 ms at most, in 3 chunks.

                Next: ringshard verify --config bank.yaml
                """);
    }

    @Test
    void a_rebalance_that_was_stopped_says_how_to_go_on() {
        RebalanceReport stopped = new RebalanceReport(
                10, 1_200, Duration.ofMillis(500), REBALANCED.writePauses(), List.of("eu-3"), false);
        RebalanceDone done = new RebalanceDone(plan(true), stopped, NEXT);
        assertThat(done.exitCode()).isEqualTo(ExitCode.DIFFERENCES);
        assertScreen(Look.PLAIN, done, """
                Stopped on request: 10 rows moved in 0.5 s, 20/s.
                The rest stays where it is; all customers are served.
                This shard is part of the cluster now: eu-3.
                Writes to a chunk that moved waited 7.0 ms (p50), 12.0 ms (p99), 12.0 ms at most, in 3 chunks.

                Next: ringshard rebalance --config bank.yaml --yes
                """);
    }

    private static RebalancePlan plan(boolean joins) {
        List<TokenRange> halves = TokenRange.ALL.split(2);
        TokenMap<String> actual = TokenMap.<String>builder()
                .put(halves.get(0), "eu-1")
                .put(halves.get(1), "eu-2")
                .build();
        List<TokenRange> quarters = TokenRange.ALL.split(4);
        TokenMap<String> target = TokenMap.<String>builder()
                .put(halves.get(0), "eu-1")
                .put(quarters.get(2), "eu-2")
                .put(quarters.get(3), "eu-3")
                .build();
        return new RebalancePlan(
                "bank",
                "balanced",
                actual,
                joins ? target : actual,
                joins
                        ? List.of(new Transfer(
                                "eu-2", "eu-3", List.of(new Transfer.Piece(quarters.get(3), 1_200)), 84_000))
                        : List.of(),
                joins
                        ? List.of(
                                new RebalancePlan.Share("eu-1", 2, false, 0.5, 0.5),
                                new RebalancePlan.Share("eu-2", 1, false, 0.5, 0.25),
                                new RebalancePlan.Share("eu-3", 1, true, 0, 0.25))
                        : List.of(
                                new RebalancePlan.Share("eu-1", 1, false, 0.5, 0.5),
                                new RebalancePlan.Share("eu-2", 1, false, 0.5, 0.5)),
                new RebalancePlan.Speed(20_000, false));
    }

    private static DemoOperation operation(DemoOperation.Kind kind, String amount) {
        return new DemoOperation(
                kind, "c-7", Account.SAVINGS, Account.CHECKING, new BigDecimal(amount), new OperationId("o"));
    }

    private static LoadReport load(LoadTally tally, Optional<LoadStop> stop) {
        BigDecimal none = BigDecimal.ZERO.setScale(2);
        Optional<Totals> totals =
                stop.isPresent() ? Optional.empty() : Optional.of(new Totals(1, new BigDecimal("1234.50"), none, none));
        LoadReport.Effort effort =
                new LoadReport.Effort(EnumSet.allOf(LoadKind.class), false, true, 8, Duration.ofMillis(1500));
        return new LoadReport(effort, tally, stop, totals, NEXT, "ringshard load the same");
    }

    private static ClusterStatus status(ShardStatus... shards) {
        return new ClusterStatus("bank", List.of(shards));
    }

    private static ShardStatus up(String name, double share, long customers) {
        return new ShardStatus(
                name,
                State.UP,
                Optional.empty(),
                share,
                share,
                OptionalLong.of(128),
                OptionalLong.of(customers),
                0,
                Optional.of("4"),
                Optional.of(new PoolState(2, 1, 1, 0, 10, Duration.ofSeconds(5))));
    }

    private static void assertScreen(Look look, Report report, String expected) {
        assertThat(String.join("\n", report.lines(look)) + "\n").isEqualTo(expected);
        assertThat(report.lines(look)).allMatch(line -> Texts.width(line) <= 100);
    }
}
