package dev.ringshard.cli.bank;

import dev.ringshard.bank.Balances;
import dev.ringshard.bank.NewCustomer;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Made-up customers, numbered from 0: the same number of the same seed is always the same customer, in any thread and at
 * any time.
 *
 * @param prefix what their keys begin with; customers with different prefixes never share a key
 */
public record SampleCustomers(long seed, String prefix) {
    private static final RandomGeneratorFactory<RandomGenerator> FACTORY =
            RandomGeneratorFactory.of("L64X128MixRandom");
    private static final List<String> FIRST_NAMES = List.of(
            "Ada",
            "Åsa",
            "Bjørn",
            "Chloé",
            "Dmytro",
            "Élodie",
            "Fatima",
            "Grace",
            "Hiroshi",
            "İpek",
            "Jürgen",
            "Kofi",
            "Łucja",
            "Mei",
            "Ngozi",
            "Óscar",
            "Priya",
            "Quentin",
            "Renée",
            "Søren",
            "Tomáš",
            "Uma",
            "Vigdís",
            "Wanjiru",
            "Ximena",
            "Yusuf",
            "Zoë",
            "María José",
            "Ολυμπία",
            "Юлия");
    private static final List<String> LAST_NAMES = List.of(
            "Adeyemi",
            "Ağaoğlu",
            "Bakker",
            "Çelik",
            "Dvořák",
            "Eriksson",
            "Fernández",
            "García",
            "Håkansson",
            "Ivanović",
            "Jónsdóttir",
            "Kowalski",
            "Lefèvre",
            "Müller",
            "Nakamura",
            "O'Brien",
            "Østergaard",
            "Popescu",
            "Quispe",
            "Rossi",
            "Šimić",
            "Þórsson",
            "Tanaka",
            "Ürgüp",
            "van der Berg",
            "Weiß",
            "Xu",
            "Yılmaz",
            "Żukowska",
            "Παπαδάκη");

    /** The key of a customer; in the order of the numbers up to the millionth. */
    public String key(int number) {
        return String.format(Locale.ROOT, "%s%06d", prefix, number + 1L);
    }

    public NewCustomer customer(int number) {
        RandomGenerator random = random(seed, number);
        return new NewCustomer(
                key(number),
                any(random, FIRST_NAMES),
                lastName(random),
                new Balances(amount(random, 5_000), amount(random, 2_000), amount(random, 50_000)));
    }

    /** Every other has two, so that not too many share one. */
    private static String lastName(RandomGenerator random) {
        String name = any(random, LAST_NAMES);
        return random.nextBoolean() ? name : name + "-" + any(random, LAST_NAMES);
    }

    /** Chance for one numbered thing, whichever thread does it and when. */
    public static RandomGenerator random(long seed, int number) {
        return FACTORY.create(seed * 1_000_003 + number);
    }

    /** An amount below so many whole units, with cents. */
    public static BigDecimal amount(RandomGenerator random, int below) {
        return BigDecimal.valueOf(random.nextLong(1, 100L * below), 2);
    }

    public static <T> T any(RandomGenerator random, List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
