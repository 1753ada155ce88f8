package dev.ringshard.config;

import dev.ringshard.failure.ConfigurationException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads a configuration's file, and says what to do where that fails. */
final class ConfigFile {
    private ConfigFile() {}

    static RingshardConfig load(Path file, Map<String, String> environment) {
        Path absolute = file.toAbsolutePath().normalize();
        return YamlConfig.read(absolute.toString(), text(absolute), environment);
    }

    private static String text(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw unreadable(file, "This is a directory: name the file in it.");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw unreadable(file, "There is no such file: create it, or name another one.");
        } catch (AccessDeniedException e) {
            throw unreadable(file, "This process may not read the file: grant it the permission.");
        } catch (CharacterCodingException e) {
            throw unreadable(file, "The file is not in UTF-8: save it in that encoding.");
        } catch (IOException e) {
            throw unreadable(file, "The file could not be read (%s): try again.".formatted(e));
        }
    }

    private static ConfigurationException unreadable(Path file, String problem) {
        return new ConfigurationException(file.toString(), List.of(problem));
    }
}
