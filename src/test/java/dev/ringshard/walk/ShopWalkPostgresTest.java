package dev.ringshard.walk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.testing.InstalledServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The walk of {@code src/docs/adopting.md} under a load that never stops, and a line for each step that tells how it fared. With two
 * million rows: {@code ./mvnw test -Pci -Dtest=ShopWalkPostgresTest -Dringshard.walk.rows=2000000}, which takes a quarter of an hour.
 */
@Tag("ci")
class ShopWalkPostgresTest {
    private static final int ROWS = Integer.getInteger("ringshard.walk.rows", 5_000);
    private static final int PER_SECOND = Integer.getInteger("ringshard.walk.rate", 200);

    @TempDir
    Path directory = Path.of("");

    @Test
    void a_shop_that_never_closes_becomes_three_shards_and_one_database_again() throws SQLException, IOException {
        System.out.println(StepTimes.heading());
        try (InstalledServer server = InstalledServer.start()) {
            List<StepTimes> steps = ShopWalk.walk(server, directory, ROWS, PER_SECOND);

            assertThat(steps).allSatisfy(step -> assertThat(step.longest()).isPositive());
        }
    }
}
