package dev.ringshard;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.ringshard.failure.RingshardException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows between the rooms point down. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.ringshard");

    /** The package of a type of ours. */
    private static final Pattern IMPORT =
            Pattern.compile("^import (?:static )?dev\\.ringshard\\.((?:[a-z_]+\\.)*)[A-Z]");

    /** From the top; a room may use those that are named behind it. */
    private static final Map<String, List<String>> ROOMS = rooms();

    private static Map<String, List<String>> rooms() {
        List<String> basics = List.of("config", "ring", "event", "failure", "status");
        Map<String, List<String>> rooms = new LinkedHashMap<>();
        rooms.put(
                "cli",
                List.of(
                        "serve",
                        "metrics",
                        "watch",
                        "doctor",
                        "",
                        "bank",
                        "outbox",
                        "jdbc",
                        "verify",
                        "rebalance",
                        "reference",
                        "scatter",
                        "routing",
                        "ownership",
                        "shard"));
        rooms.put("spring", List.of("metrics", "", "bank", "jdbc"));
        rooms.put("serve", List.of("metrics", "watch", "rebalance", "shard"));
        rooms.put("metrics", List.of("watch", ""));
        rooms.put("watch", List.of("rebalance", "cluster", "ownership", "shard"));
        rooms.put(
                "",
                List.of(
                        "bank",
                        "outbox",
                        "jdbc",
                        "verify",
                        "rebalance",
                        "reference",
                        "scatter",
                        "routing",
                        "routes",
                        "backup",
                        "copies",
                        "cluster",
                        "handover",
                        "schema",
                        "tables",
                        "ownership",
                        "shard"));
        rooms.put("bank", List.of("outbox", "verify", "scatter", "routing", "shard", "generated.default_schema"));
        rooms.put("outbox", List.of("scatter", "routing", "ownership", "shard", "generated.ringshard"));
        rooms.put("jdbc", List.of("scatter", "routing", "routes", "fence", "shard"));
        rooms.put("verify", List.of("scatter", "copies", "routing", "tables", "ownership", "shard"));
        rooms.put("reference", List.of("scatter", "copies", "tables", "ownership", "shard"));
        rooms.put("rebalance", List.of("cluster", "handover", "ownership", "shard"));
        rooms.put("backup", List.of("cluster", "handover", "ownership", "shard"));
        rooms.put("scatter", List.of("routing", "routes", "handover", "ownership", "shard"));
        rooms.put("routing", List.of("routes", "fence", "ownership", "shard"));
        rooms.put("routes", List.of("handover", "ownership", "shard"));
        rooms.put("handover", List.of("ownership", "shard"));
        rooms.put("schema", List.of("copies", "fence", "tables", "ownership", "shard", "artifacts"));
        rooms.put("copies", List.of("tables", "ownership", "shard"));
        rooms.put("doctor", List.of("tables", "shard"));
        rooms.put("tables", List.of("ownership", "shard"));
        rooms.put("fence", List.of("ownership", "shard"));
        rooms.put("cluster", List.of("ownership", "shard"));
        rooms.put("ownership", List.of("shard", "generated.ringshard"));
        rooms.put("shard", List.of("artifacts"));
        Map<String, List<String>> whole = new LinkedHashMap<>();
        rooms.forEach((room, below) ->
                whole.put(room, Stream.concat(below.stream(), basics.stream()).toList()));
        whole.put("status", List.of("event"));
        whole.put("config", List.of("ring", "failure", "artifacts"));
        whole.put("artifacts", List.of("failure"));
        whole.put("ring", List.of("failure"));
        whole.put("event", List.of("failure"));
        whole.put("failure", List.of());
        whole.put("generated", List.of());
        return whole;
    }

    @Test
    void the_order_of_the_rooms_is_that_of_their_arrows() {
        List<String> order = List.copyOf(ROOMS.keySet());
        ROOMS.forEach((room, below) -> assertThat(below).as(room).allSatisfy(used -> assertThat(
                        order.indexOf(used.replaceFirst("^generated\\..*", "generated")))
                .as(used)
                .isGreaterThan(order.indexOf(room))));
    }

    @Test
    void arrows_point_down() {
        ROOMS.forEach((room, below) -> ArchRuleDefinition.classes()
                .that(are(in(room)))
                .should()
                .onlyDependOnClassesThat(are(in(room))
                        .or(DescribedPredicate.or(
                                below.stream().map(ArchitectureTest::in).toList()))
                        .or(resideOutsideOfPackage("dev.ringshard..")))
                .check(CLASSES));
    }

    /** What only Javadoc names, or is a constant, leaves no trace in a class file. The bank's commands are named by the list of commands alone. */
    @Test
    void imports_point_down_too() throws IOException {
        Path root = Path.of("src/main/java/dev/ringshard");
        List<Path> sources;
        try (Stream<Path> files = Files.walk(root)) {
            sources = files.filter(file -> file.toString().endsWith(".java")).toList();
        }
        List<String> upwards = new ArrayList<>();
        int imports = 0;
        for (Path source : sources) {
            Path folder = root.relativize(source.getParent());
            String room = room(folder.toString().replace(File.separatorChar, '.'));
            for (String line : Files.readAllLines(source)) {
                Matcher imported = IMPORT.matcher(line);
                if (imported.find() && !imported.group(1).startsWith("generated.")) {
                    imports++;
                    String other = room(imported.group(1).replaceFirst("\\.$", ""));
                    if (!room.equals(other)
                            && !ROOMS.getOrDefault(room, List.of()).contains(other)) {
                        upwards.add(root.relativize(source) + ": " + line);
                    }
                    if (imported.group(1).startsWith("cli.bank.")
                            && !folder.startsWith("cli/bank")
                            && !source.endsWith("cli/Main.java")) {
                        upwards.add(root.relativize(source) + ": " + line);
                    }
                }
            }
        }

        assertThat(imports).isGreaterThan(1000);
        assertThat(upwards).isEmpty();
    }

    /** Of a package below {@code dev.ringshard}. */
    private static String room(String of) {
        String known = of.replaceFirst("^internal\\.?", "");
        return ROOMS.containsKey(known) ? known : known.replaceFirst("\\..*", "");
    }

    /** The classes of a room, which may be internal. */
    private static DescribedPredicate<JavaClass> in(String room) {
        String name = room.isEmpty() ? "dev.ringshard" : "dev.ringshard." + room;
        return room.isEmpty()
                ? JavaClass.Predicates.resideInAPackage(name)
                : JavaClass.Predicates.resideInAnyPackage(name + "..", "dev.ringshard.internal." + room + "..");
    }

    @Test
    void there_are_no_cycles() {
        slices().matching("dev.ringshard.(internal.*|*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    /** The command line is one room to the others, and has rooms of its own. */
    @Test
    void the_rooms_of_the_command_line_point_down_too() {
        DescribedPredicate<JavaClass> commands = JavaClass.Predicates.resideInAPackage("dev.ringshard.cli");
        DescribedPredicate<JavaClass> bank = JavaClass.Predicates.resideInAPackage("dev.ringshard.cli.bank..");
        DescribedPredicate<JavaClass> base = JavaClass.Predicates.resideInAPackage("dev.ringshard.cli.command..");
        DescribedPredicate<JavaClass> screen = JavaClass.Predicates.resideInAPackage("dev.ringshard.cli.screen..");

        assertThat(List.of(commands, bank, base, screen))
                .allSatisfy(room -> assertThat(CLASSES.stream().filter(room)).hasSizeGreaterThan(4));
        ArchRuleDefinition.noClasses()
                .that(are(bank))
                .should()
                .dependOnClassesThat(are(commands))
                .check(CLASSES);
        ArchRuleDefinition.noClasses()
                .that(are(base))
                .should()
                .dependOnClassesThat(are(commands.or(bank)))
                .check(CLASSES);
        ArchRuleDefinition.noClasses()
                .that(are(screen))
                .should()
                .dependOnClassesThat(are(commands.or(bank).or(base)))
                .orShould()
                .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("dev.ringshard..")
                        .and(resideOutsideOfPackage("dev.ringshard.cli..")))
                .check(CLASSES);
        slices().matching("dev.ringshard.(**)").should().beFreeOfCycles().check(CLASSES.that(are(in("cli"))));
    }

    /**
     * The facade opens the bank, {@code serve} adds up its messages by topic, and Spring Boot gets its repository from a room of its own, as its commands are in
     * one, which the list of commands names.
     */
    @Test
    void the_bank_is_known_by_few_others_by_name() {
        DescribedPredicate<JavaClass> bank = JavaClass.Predicates.resideInAPackage("dev.ringshard.bank..");
        DescribedPredicate<JavaClass> commands = JavaClass.Predicates.resideInAPackage("dev.ringshard.cli.bank..");

        assertThat(usersOf(bank, commands))
                .containsExactlyInAnyOrder(
                        "dev.ringshard.Ringshard",
                        "dev.ringshard.cli.ServeCommand",
                        "dev.ringshard.spring.bank.BankAutoConfiguration");
        assertThat(usersOf(commands, bank)).containsExactly("dev.ringshard.cli.Main");
    }

    /** Those outside of it, by their outermost class. */
    private static Set<String> usersOf(DescribedPredicate<JavaClass> room, DescribedPredicate<JavaClass> neighbour) {
        return CLASSES.stream()
                .filter(user -> !room.test(user) && !neighbour.test(user))
                .filter(user -> user.getDirectDependenciesFromSelf().stream()
                        .anyMatch(dependency -> room.test(dependency.getTargetClass())))
                .map(user -> user.getName().replaceFirst("\\$.*", ""))
                .collect(Collectors.toSet());
    }

    /**
     * They show it of anybody's tables; what is shown of the bank stands in its own room, or above. Read from the names in
     * the class files, because the rules' reader would read all that tests depend on, too.
     */
    @Test
    void tests_of_the_engine_know_no_bank() throws Exception {
        Path root = Path.of(ArchitectureTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<Path> engine;
        try (Stream<Path> files = Files.walk(root.resolve("dev/ringshard"))) {
            engine = files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> isOfTheEngine(root.resolve("dev/ringshard").relativize(file)))
                    .toList();
        }

        assertThat(engine).hasSizeGreaterThan(150);
        assertThat(engine).allSatisfy(file -> assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                .as("the names in %s", file)
                .doesNotContain("dev/ringshard/bank/"));
    }

    private static boolean isOfTheEngine(Path file) {
        String room = file.getName(file.startsWith("internal") ? 1 : 0).toString();
        return room.equals("testing")
                || (ROOMS.containsKey(room) && !Set.of("bank", "cli", "spring").contains(room));
    }

    @Test
    void every_failure_is_final_and_of_the_one_root() {
        ArchRuleDefinition.classes()
                .that()
                .areAssignableTo(RuntimeException.class)
                .and()
                .resideOutsideOfPackage("dev.ringshard.cli..")
                .should()
                .beAssignableTo(RingshardException.class)
                .andShould()
                .haveModifier(JavaModifier.FINAL)
                .orShould()
                .be(RingshardException.class)
                .check(CLASSES);
    }

    @Test
    void the_ring_is_pure() {
        ArchRuleDefinition.noClasses()
                .that()
                .resideInAPackage("dev.ringshard.ring..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "java.time..", "org.slf4j..", "org.jooq..")
                .check(CLASSES);
    }

    @Test
    void flyway_is_run_in_one_room_and_the_command_line_stays_in_its_own() {
        ArchRuleDefinition.noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.ringshard.internal.schema..", "dev.ringshard.spring..") // where Boot's is told whose it is
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.flywaydb..")
                .check(CLASSES);
        ArchRuleDefinition.noClasses()
                .that()
                .resideOutsideOfPackage("dev.ringshard.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "ch.qos.logback..", "de.siegmar..")
                .check(CLASSES);
    }

    @Test
    void micrometer_is_known_in_one_room_and_the_web_server_in_another() {
        ArchRuleDefinition.noClasses()
                .that()
                .resideOutsideOfPackages("dev.ringshard.metrics..", "dev.ringshard.internal.metrics..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..", "io.prometheus..")
                .check(CLASSES);
        ArchRuleDefinition.noClasses()
                .that()
                .resideOutsideOfPackage("dev.ringshard.internal.serve..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.sun.net.httpserver..")
                .check(CLASSES);
    }

    @Test
    void spring_is_known_in_one_room() {
        ArchRuleDefinition.noClasses()
                .that()
                .resideOutsideOfPackage("dev.ringshard.spring..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "org.aopalliance..", "jakarta.servlet..")
                .check(CLASSES);
    }

    /** It must not be able to write, nor to finish a handover that it meets, as a router does. */
    @Test
    void whoever_only_watches_has_no_router_and_no_mover() {
        ArchRuleDefinition.noClasses()
                .that()
                .resideInAnyPackage("dev.ringshard.internal.watch..", "dev.ringshard.internal.serve..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.ringshard.routing..")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching(
                        "dev\\.ringshard\\.(Ringshard|rebalance\\.Rebalancer|internal\\.handover\\.Recovery|internal\\.handover\\.LogMarks|internal\\.handover\\.Finisher)")
                .check(CLASSES);
    }

    /** Without it, the rules above would hold of nothing, too. */
    @Test
    void the_rules_saw_every_room() {
        Set<String> rooms = CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.contains(".generated"))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(ROOMS.keySet())
                .allSatisfy(
                        room -> assertThat(CLASSES.stream().filter(in(room))).isNotEmpty());
        assertThat(rooms).allSatisfy(name -> assertThat(ROOMS.keySet())
                .anyMatch(room -> CLASSES.stream().filter(in(room)).anyMatch(c -> c.getPackageName()
                        .equals(name))));
        assertThat(CLASSES.size()).isGreaterThan(120);
    }
}
