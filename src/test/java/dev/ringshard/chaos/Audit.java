package dev.ringshard.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.chaos.Operation.Read;
import dev.ringshard.chaos.Operation.Total;
import dev.ringshard.chaos.Violation.Kind;
import dev.ringshard.testing.OpenCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What is left when a play is over: reads everything once more, and holds the history against the books. */
final class Audit {
    private Audit() {}

    /**
     * The report of a run that has come to rest.
     *
     * @throws AssertionError if the shards are not sound in themselves
     */
    static ChaosReport of(Stage stage) throws SQLException, IOException {
        try (OpenCluster cluster = OpenCluster.open(stage.config())) {
            cluster.assertSound();
            assertThat(cluster.ringshard().verify().isOk())
                    .as("Ringshard's own verification finds it sound, too")
                    .isTrue();
            Path own = stage.directory().resolve("auditor.history");
            readAll(stage.script().population(), cluster, own);
            List<Path> files = new ArrayList<>(stage.clients().histories());
            files.add(own);
            History history = History.read(files);
            Books books = BooksReader.read(cluster.connections().values());
            List<Violation> violations = new ArrayList<>(
                    HistoryCheck.of(history, stage.script().population().openings(), books));
            violations.addAll(left(cluster.connections().values()));
            violations.addAll(NotesCheck.of(
                    history, books, Notes.read(cluster.connections().values())));
            return new ChaosReport(
                    stage.script(), stage.tally().counts(), stage.clients().count(), history, violations);
        }
    }

    /**
     * What the shop was answered, and holds when it has come to rest, that it must not.
     *
     * @throws AssertionError if the shards are not sound in themselves
     */
    static List<Violation> ofShop(Stage stage) throws SQLException {
        try (Ringshard cluster = Ringshard.open(stage.config())) {
            assertThat(cluster.verify().isOk())
                    .as("Ringshard's own verification")
                    .isTrue();
        }
        return stage.shopViolations();
    }

    /** From the tables themselves, past Ringshard. */
    private static List<Violation> left(Collection<Connection> shards) throws SQLException {
        List<Violation> left = new ArrayList<>();
        for (Connection shard : shards) {
            try (Statement statement = shard.createStatement();
                    ResultSet row = statement.executeQuery("SELECT sender, message_id FROM ringshard.outbox")) {
                while (row.next()) {
                    left.add(new Violation(Kind.LEFT_BEHIND, row.getString(1) + " has sent " + row.getString(2)));
                }
            }
        }
        return left;
    }

    /** Through the library, while nothing else happens: then each read has one right answer. */
    private static void readAll(Population population, OpenCluster cluster, Path file) throws IOException {
        try (HistoryLog log = new HistoryLog(file)) {
            Teller teller = new Teller(cluster.ringshard(), log);
            for (int i = 0; i < population.customers(); i++) {
                teller.perform(new Read(population.key(i)));
            }
            teller.perform(new Total());
        }
    }
}
