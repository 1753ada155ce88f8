package dev.ringshard.internal.config;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Guesses which name was meant by a misspelt one. */
public final class NearestName {
    private NearestName() {}

    /** The known name with the fewest edits, if those are few enough to be a slip. */
    public static Optional<String> to(String written, List<String> known) {
        return known.stream()
                .filter(name -> edits(written, name) <= Math.max(1, name.length() / 3))
                .min(Comparator.comparingInt(name -> edits(written, name)));
    }

    /**
     * Insertions, deletions, replacements and swaps of neighbours that turn one name into the other, whatever their
     * case (optimal string alignment).
     */
    static int edits(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                edits[i][j] = Math.min(i, j) == 0 ? Math.max(i, j) : fewest(edits, a, b, i, j);
            }
        }
        return edits[a.length()][b.length()];
    }

    private static int fewest(int[][] edits, String a, String b, int i, int j) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int fewest = Math.min(edits[i - 1][j - 1] + (same ? 0 : 1), Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(fewest, edits[i - 2][j - 2] + 1) : fewest;
    }
}
