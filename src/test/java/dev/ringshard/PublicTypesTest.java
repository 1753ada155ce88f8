package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What applications can use, by room: the public types are those of the list that README leads to, and no more. Each is also explained in
 * README or in a page of {@code src/docs}, or a signature of one that is leads to it; and no signature leads into {@code internal}, but for a few that are
 * named here. Rooms below {@code internal}, and the command line, promise nothing. Does not show that what a document says of a type
 * is enough to use it.
 */
class PublicTypesTest {
    /** Which lists them all. */
    private static final String TYPES_SECTION =
            Document.REFERENCE.text().substring(Document.REFERENCE.text().indexOf("\n## Types\n"));

    /** What stands in blocks and spans of code, in README and the pages beside it, without that list. */
    private static final List<String> CODE = Document.all().stream()
            .filter(document -> document.file().startsWith("src/docs") || document.equals(Document.README))
            .flatMap(document -> Pattern.compile("(?s)```.*?```|`[^`\\n]+`")
                    .matcher(document.text().replace(TYPES_SECTION, ""))
                    .results())
            .map(MatchResult::group)
            .toList();

    /** A row of the reference's table: a package, what it is for, and its types. */
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `dev\\.ringshard\\.?([\\w.]*)` \\| [^|]+ \\| (`\\w+`(?:, `\\w+`)*) \\|$");

    /** Made by the facade, which is in another package; an application has them from there. */
    private static final Set<String> MADE_BY_THE_FACADE = Set.of(
            "RingshardDataSource.<init>",
            "Rebalancer.<init>",
            "ReferenceTable.<init>",
            "Router.<init>",
            "ScatterGather.<init>");

    /** Called by {@code serve}, which only watches and so has no facade. */
    private static final Set<String> CALLED_BY_SERVE = Set.of("RingshardMetrics.of", "RowBalance.now");

    /** Called by the bank and the outbox, whose statements are known to write a row first. */
    private static final Set<String> CALLED_BY_APPLICATIONS_WITHIN = Set.of("FencedStatement.byTrigger");

    private static final List<JavaClass> TYPES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.ringshard").stream()
                    .filter(type -> isPublic(type) && promises(room(type)))
                    .toList();

    private static String room(JavaClass type) {
        return type.getPackageName().replaceFirst("^dev\\.ringshard\\.?", "");
    }

    private static boolean promises(String room) {
        return !room.startsWith("internal") && !room.startsWith("cli") && !room.startsWith("generated");
    }

    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(PublicTypesTest::isPublic).orElse(true);
    }

    @Test
    void what_is_public_is_what_is_listed() {
        Map<String, Set<String>> found = new TreeMap<>();
        TYPES.stream().filter(JavaClass::isTopLevelClass).forEach(type -> found.computeIfAbsent(
                        room(type), one -> new TreeSet<>())
                .add(type.getSimpleName()));

        assertThat(found).isEqualTo(promised());
        assertThat(Document.README.links()).contains("src/docs/reference.md#types");
    }

    private static Map<String, Set<String>> promised() {
        Map<String, Set<String>> promised = new TreeMap<>();
        ROW.matcher(TYPES_SECTION)
                .results()
                .forEach(row -> promised.put(
                        row.group(1),
                        new TreeSet<>(List.of(row.group(2).replace("`", "").split(", ")))));
        return promised;
    }

    @Test
    void no_signature_leads_into_what_is_internal() {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : TYPES) {
            signatures(type)
                    .filter(signature -> signature.getValue().stream()
                            .anyMatch(used -> used.startsWith("dev.ringshard.")
                                    && !promises(used.replaceFirst("^dev\\.ringshard\\.", ""))))
                    .forEach(signature -> found.add(signature.getKey()));
        }

        Set<String> allowed = new TreeSet<>(MADE_BY_THE_FACADE);
        allowed.addAll(CALLED_BY_SERVE);
        allowed.addAll(CALLED_BY_APPLICATIONS_WITHIN);
        assertThat(found).isEqualTo(allowed);
    }

    @Test
    void each_is_documented_or_in_a_signature_of_one_that_is() {
        Map<String, Set<String>> uses = new TreeMap<>();
        for (JavaClass type : TYPES) {
            signatures(type)
                    .filter(signature -> !MADE_BY_THE_FACADE.contains(signature.getKey()))
                    .forEach(signature -> uses.computeIfAbsent(outermost(type.getName()), one -> new TreeSet<>())
                            .addAll(signature.getValue().stream()
                                    .map(PublicTypesTest::outermost)
                                    .toList()));
        }
        Set<String> all = TYPES.stream()
                .map(JavaClass::getName)
                .map(PublicTypesTest::outermost)
                .collect(Collectors.toSet());
        Deque<String> open = new ArrayDeque<>(
                all.stream().filter(PublicTypesTest::isDocumented).toList());
        assertThat(open).hasSizeGreaterThan(50);
        Set<String> reached = new TreeSet<>();
        while (!open.isEmpty()) {
            String type = open.pop();
            if (reached.add(type)) {
                uses.getOrDefault(type, Set.of()).stream().filter(all::contains).forEach(open::add);
            }
        }

        assertThat(all).isSubsetOf(reached);
    }

    /** By its simple name, in code. */
    private static boolean isDocumented(String type) {
        Pattern name = Pattern.compile("(?<!\\w)" + type.replaceFirst(".*\\.", "") + "(?!\\w)");
        return CODE.stream().anyMatch(code -> name.matcher(code).find());
    }

    private static String outermost(String type) {
        return type.replaceFirst("\\$.*", "");
    }

    /** Of each public or protected member, {@code Type.name}, and of what a type extends, all types that it names. */
    private static Stream<Map.Entry<String, Set<String>>> signatures(JavaClass type) {
        Stream<Map.Entry<String, Set<String>>> ofMembers = type.getMembers().stream()
                .filter(member -> member.getModifiers().contains(JavaModifier.PUBLIC)
                        || member.getModifiers().contains(JavaModifier.PROTECTED))
                .map(member -> Map.entry(type.getSimpleName() + "." + member.getName(), names(types(member))));
        Stream<JavaType> parents = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
        return Stream.concat(ofMembers, Stream.of(Map.entry(type.getSimpleName(), names(parents))));
    }

    private static Stream<JavaType> types(JavaMember member) {
        return member instanceof JavaCodeUnit code
                ? Stream.concat(Stream.of(code.getReturnType()), code.getParameterTypes().stream())
                : Stream.of(((JavaField) member).getType());
    }

    private static Set<String> names(Stream<JavaType> types) {
        return types.flatMap(type -> type.getAllInvolvedRawTypes().stream())
                .map(type -> type.getBaseComponentType().getName())
                .collect(Collectors.toSet());
    }
}
