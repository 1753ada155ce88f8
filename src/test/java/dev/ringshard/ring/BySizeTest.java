package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.internal.ring.RingDifference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds of the strategy {@code by-size}, over many clusters whose keys have rows as Zipf says. A failing case says its seed. */
class BySizeTest {
    private static final RingStrategy BY_SIZE = RingStrategies.named("by-size");
    private static final TokenMap<String> NOTHING = TokenMap.of(List.of());

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 30);
    }

    /** A cluster, and the rows of its keys by their tokens. */
    private record Cluster(List<Member> members, TokenMap<String> actual, TreeMap<Long, Long> keys) {

        static Cluster random(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            int shards = random.nextInt(2, 17);
            boolean alike = random.nextInt(3) > 0;
            List<Member> members = IntStream.range(0, shards)
                    .mapToObj(i -> new Member("s" + i, alike ? 1 : random.nextInt(2, 9) / 4.0))
                    .toList();
            String founded = random.nextInt(4) == 0 ? "vnodes" : "balanced";
            TokenMap<String> actual = RingStrategies.named(founded).target(NOTHING, KeyHashes.MD5, 16, members);
            return new Cluster(members, actual, zipf(random, random.nextInt(50, 4000), random.nextInt(0, 7) / 4.0));
        }

        static TreeMap<Long, Long> zipf(SplittableRandom random, int keys, double exponent) {
            TreeMap<Long, Long> rows = new TreeMap<>();
            for (int i = 1; i <= keys; i++) {
                rows.put(random.nextLong(), Math.max(1, Math.round(20_000 / Math.pow(i, exponent))));
            }
            return rows;
        }

        /** As they are measured: in what each shard owns, a cell for each key, from the key before it on. */
        TokenRows rows() {
            TokenMap.Builder<Long> cells = TokenMap.builder();
            for (TokenMap.Entry<String> owned : actual.entries()) {
                long next = owned.range().first();
                long last = owned.range().last();
                for (Map.Entry<Long, Long> key :
                        keys.subMap(next, true, last, true).entrySet()) {
                    cells.put(new TokenRange(next, key.getKey()), key.getValue());
                    next = key.getKey() + 1;
                }
                if (next <= last && !keys.containsKey(last)) {
                    cells.put(new TokenRange(next, last), 0L);
                }
            }
            return TokenRows.of(cells.build());
        }

        TokenMap<String> target() {
            return BY_SIZE.target(actual, KeyHashes.MD5, 1, members, rows());
        }

        Cluster with(TokenMap<String> owners) {
            return new Cluster(members, owners, keys);
        }

        Cluster with(List<Member> others) {
            return new Cluster(others, actual, keys);
        }

        Map<String, Long> held(TokenMap<String> owners) {
            Map<String, Long> held = new HashMap<>();
            members.forEach(member -> held.put(member.shard(), 0L));
            keys.forEach((token, rows) -> held.merge(String.valueOf(owners.get(token)), rows, Long::sum));
            return held;
        }

        double share(Member member) {
            double weights = members.stream().mapToDouble(Member::weight).sum();
            return keys.values().stream().mapToLong(rows -> rows).sum() * member.weight() / weights;
        }

        long largestKey() {
            return keys.values().stream().mapToLong(rows -> rows).max().orElseThrow();
        }

        /** Of the shard that holds most for its weight. */
        double peak(TokenMap<String> owners) {
            Map<String, Long> held = held(owners);
            return members.stream()
                    .filter(Member::takesPart)
                    .mapToDouble(member -> held.getOrDefault(member.shard(), 0L) / share(member))
                    .max()
                    .orElseThrow();
        }

        double above(TokenMap<String> owners) {
            Map<String, Long> held = held(owners);
            return members.stream()
                    .mapToDouble(member -> Math.max(0, held.getOrDefault(member.shard(), 0L) - share(member)))
                    .sum();
        }

        long moved(TokenMap<String> target) {
            return keys.entrySet().stream()
                    .filter(key -> !String.valueOf(actual.get(key.getKey())).equals(target.get(key.getKey())))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }

        /** Each key with up to so much more or less, as when it grows, or sizes are sampled. */
        Cluster with(double noise, SplittableRandom random) {
            TreeMap<Long, Long> noisy = new TreeMap<>();
            keys.forEach((token, rows) ->
                    noisy.put(token, Math.max(1, Math.round(rows * (1 + noise * (2 * random.nextDouble() - 1))))));
            return new Cluster(members, actual, noisy);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void every_token_has_an_owner_that_takes_part_and_no_range_is_like_a_pin(long seed) {
        Cluster cluster = Cluster.random(seed);
        TokenMap<String> target = cluster.target();

        assertThat(target.isComplete()).isTrue();
        assertThat(cluster.members().stream().filter(Member::takesPart).map(Member::shard))
                .containsAll(target.shares().keySet());
        assertThat(target.entries())
                .noneMatch(entry -> entry.range().first() == entry.range().last());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void a_second_plan_is_empty(long seed) {
        Cluster cluster = Cluster.random(seed);
        TokenMap<String> target = cluster.target();

        assertThat(cluster.with(target).target()).isEqualTo(target);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void the_order_of_the_shards_makes_no_difference(long seed) {
        Cluster cluster = Cluster.random(seed);
        List<Member> others = RandomRings.shuffled(cluster.members(), new SplittableRandom(seed));

        assertThat(cluster.with(others).target()).isEqualTo(cluster.target());
    }

    /** Where no key is larger than what may lie above a share, or the largest key is what the fullest shard holds. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void no_shard_holds_more_than_its_share_as_far_as_whole_keys_allow(long seed) {
        Cluster cluster = Cluster.random(seed);
        double before = cluster.peak(cluster.actual());
        double after = cluster.peak(cluster.target());
        double smallestShare =
                cluster.members().stream().mapToDouble(cluster::share).min().orElseThrow();

        assertThat(after).isLessThanOrEqualTo(before);
        assertThat(after).isLessThanOrEqualTo(Math.max(1.10, 1.05 * cluster.largestKey() / smallestShare + 0.1));
        if (cluster.largestKey() < 0.3 * smallestShare) {
            assertThat(after).isLessThanOrEqualTo(1.10);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void no_more_rows_move_than_lie_above_the_shares_and_then_lie_there_no_more(long seed) {
        Cluster cluster = Cluster.random(seed);
        TokenMap<String> target = cluster.target();
        double smallestShare =
                cluster.members().stream().mapToDouble(cluster::share).min().orElseThrow();
        double improved = cluster.above(cluster.actual()) - cluster.above(target);

        assertThat(improved).isGreaterThanOrEqualTo(0);
        if (cluster.largestKey() < 0.05 * smallestShare) {
            assertThat((double) cluster.moved(target)).isLessThanOrEqualTo(improved + 1);
        } else {
            assertThat((double) cluster.moved(target)).isLessThanOrEqualTo(improved + 3.0 * cluster.largestKey());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void what_grows_a_little_or_is_measured_a_little_wrong_moves_nothing(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Cluster cluster = Cluster.random(seed);
        for (int i = 0; i < 3; i++) {
            cluster = cluster.with(cluster.with(0.03, random).target());
        }
        for (int i = 0; i < 5; i++) {
            assertThat(cluster.with(0.03, random).target()).isEqualTo(cluster.actual());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shards_that_join_leave_and_change_their_weight_find_their_share_in_few_ranges(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Cluster cluster = Cluster.random(seed);
        Map<String, Long> before = ranges(cluster.actual());
        for (int i = 0; i < 12; i++) {
            cluster = cluster.with(changed(cluster.members(), random, "n" + i));
            TokenMap<String> target = cluster.target();

            assertThat(target.isComplete()).isTrue();
            assertThat(cluster.members().stream().filter(Member::takesPart).map(Member::shard))
                    .containsAll(target.shares().keySet());
            double mean = cluster.members().stream()
                    .filter(Member::takesPart)
                    .mapToDouble(Member::weight)
                    .average()
                    .orElseThrow();
            for (Member member : cluster.members()) {
                long most = (long) (48 * Math.max(1, member.weight() / mean));
                assertThat(ranges(target).getOrDefault(member.shard(), 0L))
                        .isLessThanOrEqualTo(Math.max(most, before.getOrDefault(member.shard(), 0L)));
            }
            cluster = cluster.with(target);
            before = ranges(target);
            assertThat(cluster.target()).isEqualTo(target);
        }
    }

    private static List<Member> changed(List<Member> members, SplittableRandom random, String newcomer) {
        List<Member> changed = new ArrayList<>(members);
        int at = random.nextInt(changed.size());
        String name = changed.get(at).shard();
        boolean isLast = changed.stream().filter(Member::takesPart).count() < 2;
        switch (random.nextInt(3)) {
            case 0 -> changed.add(new Member(newcomer, 1));
            case 1 -> changed.set(at, new Member(name, isLast ? 1 : 0));
            default -> changed.set(at, new Member(name, random.nextInt(1, 9) / 4.0));
        }
        return changed;
    }

    private static Map<String, Long> ranges(TokenMap<String> owners) {
        return owners.merged().entries().stream()
                .collect(Collectors.groupingBy(TokenMap.Entry::value, Collectors.counting()));
    }

    @Test
    void the_rows_of_a_pinned_key_count_for_its_shard_and_no_strategy_places_them() {
        Pins pins = Pins.NONE.with("giant", "s1");
        long giant = KeyHashes.MD5.token("giant");
        Cluster cluster = new Cluster(
                Stream.of("s0", "s1", "s2", "s3")
                        .map(name -> new Member(name, 1))
                        .toList(),
                RingStrategies.named("balanced")
                        .target(
                                NOTHING,
                                KeyHashes.MD5,
                                1,
                                Stream.of("s0", "s1", "s2", "s3")
                                        .map(name -> new Member(name, 1))
                                        .toList()),
                Cluster.zipf(new SplittableRandom(7), 2_000, 0.2));
        cluster.keys().put(giant - 1, 0L);
        long others = cluster.keys().values().stream().mapToLong(rows -> rows).sum();
        cluster.keys().put(giant, others / 6);

        TokenMap<String> target =
                pins.target(cluster.actual(), BY_SIZE, KeyHashes.MD5, 1, cluster.members(), cluster.rows());

        assertThat(target.get(giant)).isEqualTo("s1");
        assertThat(cluster.peak(target)).isLessThan(1.05);
        assertThat(pins.target(
                                target,
                                BY_SIZE,
                                KeyHashes.MD5,
                                1,
                                cluster.members(),
                                cluster.with(target).rows())
                        .merged())
                .isEqualTo(target.merged());
    }

    @Test
    void a_shard_that_is_reserved_has_its_pins_and_its_rows_are_no_share_of_the_others() {
        Pins pins = Pins.NONE.with("giant", "big");
        long giant = KeyHashes.MD5.token("giant");
        List<Member> members = List.of(new Member("a", 1), new Member("b", 1), new Member("big", 0));
        TreeMap<Long, Long> keys = Cluster.zipf(new SplittableRandom(9), 1_000, 0.5);
        keys.put(giant - 1, 0L);
        keys.put(giant, 5_000_000L);
        TokenMap<String> actual =
                TokenMap.<String>builder().put(TokenRange.ALL, "a").build();

        TokenMap<String> target =
                pins.target(actual, BY_SIZE, KeyHashes.MD5, 1, members, new Cluster(members, actual, keys).rows());

        Map<String, Long> held = new Cluster(members, target, keys).held(target);
        assertThat(held.get("big")).isEqualTo(5_000_000L);
        assertThat((double) held.getOrDefault("a", 0L))
                .isBetween(0.98 * held.getOrDefault("b", 0L), 1.05 * held.getOrDefault("b", 0L));
    }

    @Test
    void without_sizes_only_those_move_that_should_own_nothing() {
        List<Member> four =
                Stream.of("a", "b", "c", "d").map(name -> new Member(name, 1)).toList();
        TokenMap<String> founded = BY_SIZE.target(NOTHING, KeyHashes.MD5, 1, four);
        List<Member> lopsided = List.of(
                new Member("a", 5), new Member("b", 0), new Member("c", 1), new Member("d", 1), new Member("e", 1));

        TokenMap<String> target = BY_SIZE.target(founded, KeyHashes.MD5, 1, lopsided);

        assertThat(founded).isEqualTo(RingStrategies.named("balanced").target(NOTHING, KeyHashes.MD5, 1, four));
        Set<String> sources = new HashSet<>();
        RingDifference.between(founded, target).forEach(move -> sources.add(move.source()));
        assertThat(sources).containsExactly("b");
        assertThat(target.shares()).doesNotContainKeys("b", "e");
    }

    @Test
    void a_cluster_without_rows_goes_by_the_ring() {
        List<Member> two = List.of(new Member("a", 1), new Member("b", 1));
        TokenMap<String> actual =
                TokenMap.<String>builder().put(TokenRange.ALL, "a").build();
        TokenRows empty =
                TokenRows.of(TokenMap.<Long>builder().put(TokenRange.ALL, 0L).build());

        assertThat(BY_SIZE.target(actual, KeyHashes.MD5, 1, two, empty).fractionOf("b"))
                .isEqualTo(0.5);
    }
}
