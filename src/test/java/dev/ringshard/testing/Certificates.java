package dev.ringshard.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A certificate authority of a test's own, in a directory; made with the JDK's keytool. */
public final class Certificates {
    private static final String STORE_PASSWORD = "changeit";

    private final Path directory;
    private final String name;

    private Certificates(Path directory, String name) {
        this.directory = directory;
        this.name = name;
    }

    /** A server's certificate and its private key, as PostgreSQL reads them. */
    public record Issued(Path certificate, Path key) {
        /** The settings of a server that shows it to its clients. */
        public Map<String, String> settings() {
            return Map.of("ssl", "on", "ssl_cert_file", certificate.toString(), "ssl_key_file", key.toString());
        }
    }

    /** A new authority, which nobody trusts yet. */
    public static Certificates authority(Path directory, String name) throws Exception {
        Certificates authority = new Certificates(directory, name);
        authority.keyPair(name, "bc:critical=ca:true");
        authority.keytool(
                name, "-exportcert", "-rfc", "-file", authority.certificate().toString());
        return authority;
    }

    /** The authority's own certificate: what a client has to trust. */
    public Path certificate() {
        return directory.resolve(name + ".crt");
    }

    /** A certificate of a server that is reached under this name. */
    public Issued issue(String host) throws Exception {
        String server = name + "-" + host;
        Path request = directory.resolve(server + ".csr");
        Issued issued = new Issued(directory.resolve(server + ".crt"), directory.resolve(server + ".key"));
        keyPair(server, "san=dns:" + host);
        keytool(server, "-certreq", "-file", request.toString());
        keytool(
                name,
                "-gencert",
                "-rfc",
                "-infile",
                request.toString(),
                "-outfile",
                issued.certificate().toString(),
                "-ext",
                "san=dns:" + host);
        writeKey(server, issued.key());
        return issued;
    }

    private void keyPair(String alias, String extension) throws Exception {
        keytool(alias, "-genkeypair", "-keyalg", "EC", "-dname", "CN=" + alias, "-ext", extension);
    }

    private void keytool(String alias, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-alias", alias, "-keystore", store().toString(), "-storepass", STORE_PASSWORD));
        Path output = directory.resolve("keytool.log");
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException("keytool %s failed: %s".formatted(arguments[0], Files.readString(output)));
        }
    }

    private Path store() {
        return directory.resolve(name + ".p12");
    }

    /** Which keytool cannot; PostgreSQL refuses a key that others may read. */
    private void writeKey(String alias, Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream stored = Files.newInputStream(store())) {
            store.load(stored, STORE_PASSWORD.toCharArray());
        }
        Key key = store.getKey(alias, STORE_PASSWORD.toCharArray());
        Files.writeString(
                file,
                "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
                        .formatted(Base64.getMimeEncoder().encodeToString(key.getEncoded())));
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }
}
