package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What differs between databases is in the room {@code shard}: SQL that one of them alone understands, and questions which of them it is.
 * Read from the source, by words that tell such SQL. It does not show SQL that both understand and take for something else.
 */
class DatabaseDifferencesTest {
    private static final Path SOURCE = Path.of("src/main/java/dev/ringshard");
    private static final Path ROOM = SOURCE.resolve("internal/shard");

    /** Of PostgreSQL; then of H2. */
    private static final Pattern SQL = Pattern.compile(
            "\\bpg_\\w+|\\b(?:to_)?reg(?:class|type|role|proc|namespace)\\b|\\bhas_\\w+_privilege\\b|\\bquote_ident\\b|\\bBEGIN ISOLATION\\b|::\\s*[a-z]\\w*|\\bON CONFLICT\\b|\\bRETURNING\\b|\\bSET LOCAL\\b"
                    + "|\\b(?:set_config|current_setting|unnest|generate_series|hashint8\\w*|bit_xor|string_agg|record_send|to_char)\\("
                    + "|\\bLATERAL\\b|\\bMATERIALIZED\\b|\\bNO KEY UPDATE\\b|\\bFOR SHARE\\b|\\bSKIP LOCKED\\b|\\btimestamptz\\b|\\[\\]\\)"
                    + "|\\bplpgsql\\b|\\bctid\\b|\\bCOPY \\(?%|\\bCONCURRENTLY\\b|\\bNOT VALID\\b|\\bTABLESAMPLE\\b|\\bOVERRIDING\\b"
                    + "|\\bFINAL TABLE\\b|\\bLOCK_TIMEOUT\\b|\\bSET @|\\bCAST\\(@|\\bSTRINGTOUTF8\\b|\\bINVISIBLE\\b|\\bDATABASE_PATH\\b");

    private static final Pattern QUESTION = Pattern.compile(
            "\\bDatabaseKind\\.(?:POSTGRESQL|H2)\\b|\\bcase (?:POSTGRESQL|H2)\\b|\\bSQLDialect\\b|\\bdialect\\(\\)\\s*\\.kind\\(\\)\\s*[!=]=");

    /** Which classes outside hold such SQL, and why. */
    private static final Map<String, String> HOLDING_SQL = Map.ofEntries(
            Map.entry(
                    "bank/EntryTable",
                    "the bank's own SQL, which the engine does not know: statements that change several tables, beside the steps of other databases"),
            Map.entry("bank/TransferStatements", "as EntryTable"),
            Map.entry(
                    "internal/fence/H2Fence",
                    "H2's trigger, which is a class and no SQL of a database: variables of its session"),
            Map.entry("internal/fence/H2ReferenceFence", "as H2Fence"),
            Map.entry("internal/outbox/OutboxSql", "parts of such statements, of the tables of messages"),
            Map.entry("outbox/OutboxTable", "one such statement; a second one follows where it does not run"),
            Map.entry("cli/BackupPointReport", "a sentence: the right that the database user lacks"),
            Map.entry("cli/RebalanceCommand", "help: the programs that --schema-from runs"),
            Map.entry("cli/SqlCommand", "help: examples of what a user may ask"),
            Map.entry(
                    "internal/doctor/TableFindings",
                    "advice that is shown; the doctor examines databases of PostgreSQL"),
            Map.entry("internal/schema/SchemaCopy", "the program pg_dump, which is run and no SQL"),
            Map.entry(
                    "internal/tables/ColumnType",
                    "the names that drivers give to types, of all databases side by side"));

    /** Which classes outside ask such questions, and why. */
    private static final Map<String, String> ASKING = Map.of(
            "config/JdbcUrl", "a URL says which database it is",
            "config/ShardConfig", "a caller says of which database a data source is",
            "internal/tables/SchemaComparison", "whether two are of one kind, whichever");

    @Test
    void sql_of_one_database_is_in_the_room_shard_alone() throws IOException {
        assertThat(found(SQL, true)).containsOnlyKeys(HOLDING_SQL.keySet());
    }

    @Test
    void which_database_it_is_is_asked_in_the_room_shard_alone() throws IOException {
        assertThat(found(QUESTION, false)).containsOnlyKeys(ASKING.keySet());
    }

    /** Without it, the rules above would hold of words that nobody uses, too. */
    @Test
    void the_words_are_those_of_the_room() throws IOException {
        Set<String> used = new TreeSet<>();
        for (Path file : Document.files(ROOM, Integer.MAX_VALUE).toList()) {
            SQL.matcher(Literals.of(Files.readString(file)))
                    .results()
                    .map(MatchResult::group)
                    .forEach(used::add);
        }

        assertThat(used).hasSizeGreaterThan(60).contains("pg_class", "regclass", "SET LOCAL", "::text", "LOCK_TIMEOUT");
    }

    private static Map<String, Set<String>> found(Pattern words, boolean inLiterals) throws IOException {
        Map<String, Set<String>> found = new TreeMap<>();
        for (Path file : Document.files(SOURCE, Integer.MAX_VALUE).toList()) {
            String source = Files.readString(file);
            Set<String> here = words.matcher(inLiterals ? Literals.of(source) : Literals.without(source))
                    .results()
                    .map(MatchResult::group)
                    .collect(Collectors.toCollection(TreeSet::new));
            if (!file.startsWith(ROOM) && !here.isEmpty()) {
                found.put(SOURCE.relativize(file).toString().replace(".java", ""), here);
            }
        }
        return found;
    }
}
