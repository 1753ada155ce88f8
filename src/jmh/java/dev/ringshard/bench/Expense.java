package dev.ringshard.bench;

import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What was spent since the machine, the process and the server began. Servers' is what all processes named postgres on this Linux
 * machine have used: nobody else's may run.
 *
 * @param client nanoseconds of processor time of this process
 * @param servers nanoseconds of processor time
 * @param log bytes that the server has written to its log
 * @param multixacts that the server has made
 */
record Expense(long client, long servers, long log, long multixacts) {
    private static final long NANOS_PER_TICK = 10_000_000; // USER_HZ is 100 on all machines that Linux runs this on

    /** Up to now. The checkpoint, before which nobody knows the multixacts, is in neither of two that are compared. */
    static Expense now(TestDatabase database) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT");
            try (ResultSet row = statement.executeQuery("""
                    SELECT pg_current_wal_insert_lsn() - '0/0', next_multixact_id::text::bigint FROM pg_control_checkpoint()""")) {
                row.next();
                long log = row.getLong(1);
                long multixacts = row.getLong(2);
                return new Expense(ofThisProcess(), ofServers(), log, multixacts);
            }
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Processor time alone, for which no server is asked. */
    static Expense ofProcessors() {
        return new Expense(ofThisProcess(), ofServers(), 0, 0);
    }

    Expense since(Expense earlier) {
        return new Expense(
                client - earlier.client,
                servers - earlier.servers,
                log - earlier.log,
                multixacts - earlier.multixacts);
    }

    private static long ofThisProcess() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getProcessCpuTime()
                : 0;
    }

    private static long ofServers() {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(process -> process.getFileName().toString().matches("\\d+"))
                    .mapToLong(Expense::ticksOfServer)
                    .sum()
                    * NANOS_PER_TICK;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Of the process, and of those of its children that have ended. */
    private static long ticksOfServer(Path process) {
        try {
            String stat = Files.readString(process.resolve("stat"));
            int end = stat.lastIndexOf(')');
            if (!stat.substring(stat.indexOf('(') + 1, end).equals("postgres")) {
                return 0;
            }
            String[] fields = stat.substring(end + 2).split(" ");
            return LongStream.of(11, 12, 13, 14)
                    .map(field -> Long.parseLong(fields[(int) field]))
                    .sum();
        } catch (NoSuchFileException ended) {
            return 0;
        } catch (IOException ended) {
            return 0; // while it was read
        }
    }
}
