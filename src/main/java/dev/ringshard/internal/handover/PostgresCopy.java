package dev.ringshard.internal.handover;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.handover.ChunkRows.Portion;
import dev.ringshard.internal.shard.PostgresRows;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOperation;
import org.postgresql.copy.CopyOut;

/** COPY, binary where that is possible, piped from one PostgreSQL to another without unpacking a row. */
record PostgresCopy(PostgresRows sql) implements RowCopy {
    /** Seeded, so that nobody can make two rows that read alike; one process computes both sides. */
    private static final Hasher64 HASH = Hashing.xxh3_64(new SecureRandom().nextLong());

    /** Of a binary COPY's header: signature, flags, and the length of an extension, which no server sends. */
    private static final int HEADER = 19;

    /** Of the mark of its end. */
    private static final int END = 2;

    @Override
    public RowDigest copy(ShardTransaction source, ShardTransaction target, TableColumns table, RowSelection rows)
            throws SQLException {
        if (table.isText()) {
            speakAlike(target);
        }
        CopyOut out = Objects.requireNonNull(source.run(reading -> copyOut(reading, table, rows)));
        try {
            return pipe(source, out, target, table, sql.in(table.table(), table.columns(), table.isText()));
        } catch (OutOfMemoryError tooLarge) {
            throw new SqlFailedException(
                    """
                    A row of table %s on %s does not fit the memory of this process (%d MB); the largest has token %d. Nothing of \
                    this chunk moved. Give the process three times the size of the row (java -Xmx), or make the row smaller, then do \
                    the same again.""".formatted(
                                    table.table(),
                                    source.shard().name(),
                                    Runtime.getRuntime().maxMemory() >> 20,
                                    largest(source.shard(), table, rows)),
                    tooLarge);
        } finally {
            endWith(source, out);
        }
    }

    /** The token of the largest row, asked by another connection than the one that is reading. */
    private static long largest(Shard shard, TableColumns table, RowSelection rows) {
        String size = table.columns().stream()
                .map(column -> "COALESCE(%s, 0)".formatted(shard.dialect().bytes(column)))
                .collect(Collectors.joining(" + "));
        return shard.snapshot(reading -> reading.dsl()
                .fetchSingle("SELECT %s FROM %s WHERE %s ORDER BY %s DESC LIMIT 1"
                        .formatted(table.token(), table.table(), rows.in(table, shard.dialect()), size))
                .get(0, Long.class));
    }

    /** Of another type, the same bits may mean something else, and nobody would notice. */
    @Override
    public boolean canCopy(TableColumns source, TableColumns target) {
        return source.isAs(target);
    }

    @Override
    public Optional<List<Replaced>> replaceFew(ShardTransaction source, ShardTransaction target, List<Portion> portions)
            throws SQLException {
        return new PostgresFewRows(portions, target.shard().dialect(), sql).replace(source, target);
    }

    private CopyOut copyOut(ShardTransaction shard, TableColumns table, RowSelection rows) throws SQLException {
        if (table.isText()) {
            speakAlike(shard);
        }
        return postgres(shard)
                .getCopyAPI()
                .copyOut(sql.out(
                        table.table(),
                        table.columns(),
                        rows.in(table, shard.shard().dialect()),
                        table.isText()));
    }

    private static void speakAlike(ShardTransaction shard) throws SQLException {
        try (Statement statement = shard.connection().createStatement()) {
            statement.execute(PostgresRows.SPEAK_ALIKE);
        }
    }

    private static RowDigest pipe(
            ShardTransaction source, CopyOut out, ShardTransaction target, TableColumns table, String copyIn)
            throws SQLException {
        CopyIn in = postgres(target).getCopyAPI().copyIn(copyIn);
        try {
            RowDigest sent = read(source, out, table, message -> in.writeToCopy(message, 0, message.length));
            in.endCopy();
            return sent;
        } finally {
            endWith(target, in);
        }
    }

    private interface Consumer {
        void accept(byte[] message) throws SQLException;
    }

    /** Every row comes as a message of its own; of a binary copy, the first carries the header, too. */
    private static RowDigest read(ShardTransaction shard, CopyOut out, TableColumns table, Consumer consumer)
            throws SQLException {
        long rows = 0;
        long sum = 0;
        int from = table.isText() ? 0 : HEADER;
        int end = table.isText() ? 0 : END;
        for (byte[] message = next(shard, out); message != null; message = next(shard, out)) {
            consumer.accept(message);
            if (message.length - from > end) {
                rows++;
                sum += hash(message, from);
            }
            from = 0;
        }
        return new RowDigest(rows, sum);
    }

    /** Of a row in the form of a binary COPY, or as a line of a COPY of texts. */
    static long hash(byte[] row, int from) {
        return HASH.hashBytesToLong(row, from, row.length - from);
    }

    /** A failure of the side that is read is not one of the side that is written. */
    private static byte @Nullable [] next(ShardTransaction shard, CopyOut out) {
        try {
            return out.readFromCopy();
        } catch (SQLException failure) {
            return shard.run(reading -> {
                throw failure;
            });
        }
    }

    /**
     * A copy that broke off takes its connection with it: as long as it runs, nothing else can be said there, and to cancel
     * it takes a message of its own, which may come late and hit what the connection's next user does.
     */
    private static void endWith(ShardTransaction transaction, CopyOperation copy) {
        if (copy.isActive()) {
            transaction.discard();
        }
    }

    /** Of what the server sends, which is the same from every server that stores the same. */
    @Override
    public RowDigest summary(ShardTransaction shard, TableColumns table, RowSelection rows) throws SQLException {
        CopyOut out = copyOut(shard, table, rows);
        try {
            return read(shard, out, table, message -> {});
        } finally {
            endWith(shard, out);
        }
    }

    private static PGConnection postgres(ShardTransaction transaction) throws SQLException {
        return transaction.connection().unwrap(PGConnection.class);
    }
}
