package dev.ringshard.testing;

import dev.ringshard.testing.FaultProxy.Way;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * One connection through a {@link FaultProxy}. Questions pass as bytes. Answers are taken apart into PostgreSQL's messages
 * (a type, a length, a body), because that is where a commit can be told from anything else, whether it was sent as
 * COMMIT or is that of a statement in autocommit: an answer ends with ReadyForQuery, which says whether the session is
 * idle, and CommandComplete says before it what was done.
 */
final class ProxiedConnection {
    private static final Pattern WRITE = Pattern.compile("COMMIT|(INSERT 0|UPDATE|DELETE|MERGE) [1-9][0-9]*");
    private static final int LARGEST_PIECE = 1 << 16;

    private final Socket client;
    private final Socket server;
    private final FaultyNetwork network;

    ProxiedConnection(Socket client, Socket server, FaultyNetwork network) throws IOException {
        this.client = client;
        this.server = server;
        this.network = network;
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
    }

    boolean isClosed() {
        return client.isClosed();
    }

    /** Ends the connection on both sides, the client's with a reset. */
    void reset() {
        reset(client);
        reset(server);
        network.connectionClosed();
    }

    static void reset(Socket socket) {
        try (Socket closing = socket) {
            closing.setSoLinger(true, 0); // close() then sends RST
        } catch (IOException alreadyClosed) {
            // that is what was wanted
        }
    }

    void passQuestions() {
        pass(Way.TO_SERVER, () -> {
            InputStream from = client.getInputStream();
            OutputStream to = server.getOutputStream();
            byte[] piece = new byte[LARGEST_PIECE];
            for (int length = from.read(piece); length >= 0; length = from.read(piece)) {
                network.await(Way.TO_SERVER, this);
                to.write(piece, 0, length);
            }
        });
    }

    void passAnswers() {
        pass(Way.TO_CLIENT, () -> {
            DataInputStream from = new DataInputStream(new BufferedInputStream(server.getInputStream(), LARGEST_PIECE));
            Answers answers = new Answers(client.getOutputStream());
            for (int type = from.read(); type >= 0; type = from.read()) {
                answers.add(type, from);
                if (from.available() == 0) {
                    answers.flush();
                }
            }
        });
    }

    private interface Traffic {
        void pass() throws IOException, InterruptedException;
    }

    /** Passes traffic until it ends; its end has to wait like all the rest. */
    private void pass(Way way, Traffic traffic) {
        try {
            traffic.pass();
        } catch (IOException | InterruptedException ended) {
            // the client, the server or a fault has closed the connection
        }
        try {
            network.await(way, this);
        } catch (InterruptedException ended) {
            // as above
        }
        close();
    }

    private void close() {
        try (client;
                server) {
            // an orderly end, unless there was a reset before
        } catch (IOException closed) {
            // that is what was wanted
        }
        network.connectionClosed();
    }

    /** The server's messages on their way to the client. */
    private final class Answers {
        private final OutputStream to;
        private final ByteArrayOutputStream ready = new ByteArrayOutputStream();
        private final ByteArrayOutputStream held = new ByteArrayOutputStream();
        private boolean begun;
        private boolean wrote;

        Answers(OutputStream to) {
            this.to = to;
        }

        void add(int type, DataInputStream from) throws IOException, InterruptedException {
            if (!begun && type == 'N') { // a bare byte: no, the server does not encrypt
                ready.write(type);
                return;
            }
            begun = true;
            byte[] body = body(from);
            write(type, body);
            switch (type) {
                case 'C' -> wrote |= WRITE.matcher(tag(body)).matches();
                case 'G', 'H', 'W', 'R' -> release(); // the server waits for the client within the answer
                case 'Z' -> end(body[0] == 'I');
                default -> {}
            }
            if (ready.size() > LARGEST_PIECE) {
                flush();
            }
        }

        private static byte[] body(DataInputStream from) throws IOException {
            int length = from.readInt() - Integer.BYTES;
            byte[] body = from.readNBytes(length);
            if (body.length < length) {
                throw new EOFException("the server ended in the middle of a message");
            }
            return body;
        }

        private void write(int type, byte[] body) throws IOException {
            DataOutputStream message = new DataOutputStream(network.swallows() || held.size() > 0 ? held : ready);
            message.write(type);
            message.writeInt(body.length + Integer.BYTES);
            message.write(body);
        }

        private static String tag(byte[] body) {
            return new String(body, 0, body.length - 1, StandardCharsets.US_ASCII);
        }

        /** The answer is complete: it passes, or the connection ends before any of it has. */
        private void end(boolean idle) throws IOException {
            if (idle && wrote && held.size() > 0 && network.swallowsThis()) {
                reset();
                throw new EOFException("swallowed");
            }
            wrote = false;
            release();
        }

        private void release() throws IOException {
            held.writeTo(ready);
            held.reset();
        }

        void flush() throws IOException, InterruptedException {
            if (ready.size() > 0) {
                network.await(Way.TO_CLIENT, ProxiedConnection.this);
                ready.writeTo(to);
                ready.reset();
            }
        }
    }
}
