package dev.ringshard.cli;

import dev.ringshard.cli.screen.Numbers;
import java.util.ArrayList;
import java.util.List;

/** What is not wrong, and good to know, as lines of a screen. */
final class Remarks {
    private static final int MOST = 20;

    private Remarks() {}

    /** None if there is nothing; of many, how many more there are. */
    static List<String> lines(List<String> remarks) {
        List<String> lines = new ArrayList<>();
        if (!remarks.isEmpty()) {
            lines.add("");
            lines.add("Good to know:");
            remarks.stream().limit(MOST).forEach(remark -> lines.add("  - " + remark));
            if (remarks.size() > MOST) {
                lines.add("  - and %s more, all with --json".formatted(Numbers.count(remarks.size() - MOST)));
            }
        }
        return lines;
    }
}
