package dev.ringshard;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The arrows between the rooms point down. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.ringshard");

    @Test
    void arrows_point_down() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("cli")
                .definedBy("dev.ringshard.cli..")
                .layer("bench")
                .definedBy("dev.ringshard.bench..")
                .layer("serve")
                .definedBy("dev.ringshard.serve..")
                .layer("metrics")
                .definedBy("dev.ringshard.metrics..")
                .layer("watch")
                .definedBy("dev.ringshard.watch..")
                .layer("facade")
                .definedBy("dev.ringshard")
                .layer("customers")
                .definedBy("dev.ringshard.customers..")
                .layer("rebalance")
                .definedBy("dev.ringshard.rebalance..")
                .layer("verify")
                .definedBy("dev.ringshard.verify..")
                .layer("schema")
                .definedBy("dev.ringshard.schema..")
                .layer("routing")
                .definedBy("dev.ringshard.routing..")
                .layer("ownership")
                .definedBy("dev.ringshard.ownership..")
                .layer("shard")
                .definedBy("dev.ringshard.shard..")
                .layer("config")
                .definedBy("dev.ringshard.config..")
                .layer("ring")
                .definedBy("dev.ringshard.ring..")
                .layer("event")
                .definedBy("dev.ringshard.event..")
                .layer("failure")
                .definedBy("dev.ringshard.failure..")
                .layer("generated")
                .definedBy("dev.ringshard.generated..")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("bench")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("serve")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("metrics")
                .mayOnlyBeAccessedByLayers("serve")
                .whereLayer("watch")
                .mayOnlyBeAccessedByLayers("metrics", "serve", "cli")
                .whereLayer("facade")
                .mayOnlyBeAccessedByLayers("watch", "metrics", "serve", "cli")
                .whereLayer("verify")
                .mayOnlyBeAccessedByLayers("facade", "cli")
                .whereLayer("customers")
                .mayOnlyBeAccessedByLayers("verify", "facade", "bench", "cli")
                .whereLayer("rebalance")
                .mayOnlyBeAccessedByLayers("facade", "watch", "serve", "cli")
                .whereLayer("schema")
                .mayOnlyBeAccessedByLayers("facade", "cli")
                .whereLayer("routing")
                .mayOnlyBeAccessedByLayers("customers", "verify", "facade", "bench", "cli")
                .whereLayer("ownership")
                .mayOnlyBeAccessedByLayers("routing", "customers", "verify", "rebalance", "schema", "facade", "watch")
                .whereLayer("shard")
                .mayOnlyBeAccessedByLayers(
                        "ownership",
                        "routing",
                        "customers",
                        "rebalance",
                        "schema",
                        "facade",
                        "watch",
                        "metrics",
                        "bench",
                        "cli")
                .whereLayer("config")
                .mayOnlyBeAccessedByLayers(
                        "shard", "ownership", "rebalance", "schema", "facade", "watch", "serve", "bench", "cli")
                .whereLayer("event")
                .mayOnlyAccessLayers("failure")
                .whereLayer("generated")
                .mayOnlyBeAccessedByLayers("ownership", "customers")
                .whereLayer("failure")
                .mayNotAccessAnyLayer()
                .whereLayer("ring")
                .mayOnlyAccessLayers("failure")
                .check(CLASSES);
    }

    @Test
    void there_are_no_cycles() {
        slices().matching("dev.ringshard.(*)..").should().beFreeOfCycles().check(CLASSES);
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
                .resideOutsideOfPackage("dev.ringshard.schema..")
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
                .resideOutsideOfPackage("dev.ringshard.metrics..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..", "io.prometheus..")
                .check(CLASSES);
        ArchRuleDefinition.noClasses()
                .that()
                .resideOutsideOfPackage("dev.ringshard.serve..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.sun.net.httpserver..")
                .check(CLASSES);
    }

    /** It must not be able to write, nor to finish a handover that it meets, as a router does. */
    @Test
    void whoever_only_watches_has_no_router_and_no_mover() {
        ArchRuleDefinition.noClasses()
                .that()
                .resideInAnyPackage("dev.ringshard.watch..", "dev.ringshard.serve..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.ringshard.routing..")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching(
                        "dev\\.ringshard\\.(Ringshard|rebalance\\.Rebalancer|rebalance\\.Recovery|ownership\\.Finisher)")
                .check(CLASSES);
    }

    /** Without it, the rules above would hold of nothing, too. */
    @Test
    void the_rules_saw_every_room() {
        Set<String> rooms = CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.contains(".generated"))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(rooms)
                .containsExactly(
                        "dev.ringshard",
                        "dev.ringshard.bench",
                        "dev.ringshard.cli",
                        "dev.ringshard.config",
                        "dev.ringshard.customers",
                        "dev.ringshard.event",
                        "dev.ringshard.failure",
                        "dev.ringshard.metrics",
                        "dev.ringshard.ownership",
                        "dev.ringshard.rebalance",
                        "dev.ringshard.ring",
                        "dev.ringshard.routing",
                        "dev.ringshard.schema",
                        "dev.ringshard.serve",
                        "dev.ringshard.shard",
                        "dev.ringshard.verify",
                        "dev.ringshard.watch");
        assertThat(CLASSES.size()).isGreaterThan(120);
    }
}
