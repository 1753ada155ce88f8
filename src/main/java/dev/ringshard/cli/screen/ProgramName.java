package dev.ringshard.cli.screen;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;

/** How the command line was started, so that the next command can be copied from the screen. */
public final class ProgramName {
    private static final Path BUILT = Path.of("target", "ringshard.jar");

    /** What the script that starts it is called by. */
    private static final String STARTED_AS = "ringshard.program";

    private ProgramName() {}

    public static String name() {
        String started = System.getProperty(STARTED_AS);
        if (started != null) {
            return started;
        }
        CodeSource source = ProgramName.class.getProtectionDomain().getCodeSource();
        if (source != null && source.getLocation() != null) {
            try {
                Path place = Path.of(source.getLocation().toURI());
                if (place.toString().endsWith(".jar")) {
                    return "java -jar " + relative(place);
                }
            } catch (URISyntaxException | IllegalArgumentException notAFile) {
                // The place where the build puts it is as good a guess as any.
            }
        }
        return Files.exists(BUILT) ? "java -jar " + BUILT : "./mvnw -q package -DskipTests && java -jar " + BUILT;
    }

    private static Path relative(Path jar) {
        Path here = Path.of("").toAbsolutePath();
        return jar.startsWith(here) ? here.relativize(jar) : jar;
    }
}
