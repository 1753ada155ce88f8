package dev.ringshard.chaos;

import dev.ringshard.chaos.HistoryLine.Call;
import dev.ringshard.chaos.HistoryLine.Return;
import dev.ringshard.chaos.Outcome.Unknown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All operations of all clients, in no order. */
record History(List<Invocation> invocations) {
    private static final Outcome DIED = new Unknown("the client died");

    History {
        invocations = List.copyOf(invocations);
    }

    /** Reads what each client wrote; the file's name without its ending is the client's. */
    static History read(Collection<Path> files) throws IOException {
        List<Invocation> all = new ArrayList<>();
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            all.addAll(parse(name.substring(0, name.lastIndexOf('.')), Files.readString(file)));
        }
        return new History(all);
    }

    /**
     * The operations in the text that one client wrote. A last line without its end was cut off by the client's death: a
     * call that had not begun, or an answer that nobody got.
     */
    static List<Invocation> parse(String client, String text) {
        Map<Long, Invocation> operations = new LinkedHashMap<>();
        text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .map(HistoryLine::parse)
                .forEach(line -> {
                    if (line instanceof Call call) {
                        operations.put(call.number(), open(client, call));
                    } else {
                        operations.computeIfPresent(line.number(), (number, open) -> closed(open, (Return) line));
                    }
                });
        return List.copyOf(operations.values());
    }

    private static Invocation open(String client, Call call) {
        return new Invocation(client, call.number(), call.nanos(), Invocation.NEVER, call.operation(), DIED);
    }

    private static Invocation closed(Invocation open, Return line) {
        long returned = line.outcome() instanceof Unknown ? Invocation.NEVER : line.nanos();
        return new Invocation(open.client(), open.number(), open.called(), returned, open.operation(), line.outcome());
    }
}
