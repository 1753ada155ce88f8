package dev.ringshard.cli;

import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenTable;
import dev.ringshard.cli.screen.ScreenText;
import dev.ringshard.status.PinnedKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Shows the pinned keys of a cluster, and where they are. */
final class PinnedKeys {
    private PinnedKeys() {}

    /** A table and an empty line; nothing if no key is pinned. */
    static List<String> lines(List<PinnedKey> pins, ScreenStyle style) {
        if (pins.isEmpty()) {
            return List.of();
        }
        ScreenTable table = new ScreenTable().left("pinned").left("to").left("now");
        for (PinnedKey pin : pins) {
            table.row(ScreenText.printable(pin.key()), pin.shard(), pin.where());
        }
        List<String> lines = new ArrayList<>(table.lines(style));
        lines.add("");
        return lines;
    }

    static List<? extends Map<String, ?>> json(List<PinnedKey> pins) {
        return pins.stream()
                .map(pin -> ReportJson.fields()
                        .with("key", pin.key())
                        .with("shard", pin.shard())
                        .with("owner", pin.owner().orElse(null)))
                .toList();
    }
}
