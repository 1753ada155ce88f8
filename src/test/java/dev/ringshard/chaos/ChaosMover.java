package dev.ringshard.chaos;

import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.Remedy;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.rebalance.RebalancePlan;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.rebalance.RebalanceSettings;
import java.nio.file.Path;
import java.util.Set;

/**
 * A mover as a process of its own, which waits for work: an instruction is a configuration's file, and how many rows a
 * second it may move, or 0. Says {@code planned} before it moves anything, and in the end {@code moved}, {@code moved nothing}, {@code failed} and
 * why, or {@code wrong} and what, if no fault explains that.
 */
final class ChaosMover {
    private static final Set<Remedy> EXPLAINED =
            Set.of(Remedy.RETRY_LATER, Remedy.REFRESH_AND_RETRY, Remedy.ASK_FOR_OUTCOME);

    private ChaosMover() {}

    public static void main(String[] arguments) throws InterruptedException {
        Instructions instructions = Instructions.listen();
        while (true) {
            String[] words = instructions.take().split(" ", 2);
            System.out.println(rebalance(Path.of(words[0]), Long.parseLong(words[1])));
        }
    }

    private static String rebalance(Path config, long rate) {
        try (Ringshard bank = Ringshard.open(RingshardConfig.load(config))) {
            RebalancePlan plan = bank.rebalancer().plan();
            System.out.println("planned");
            RebalanceReport report = bank.rebalancer().run(plan, settings(rate), progress -> {});
            if (!report.complete()) {
                return "wrong: it says that it is not complete, and was not told to stop";
            }
            return report.movedRows() > 0 ? "moved" : "moved nothing";
        } catch (RingshardException failure) {
            if (!EXPLAINED.contains(failure.remedy())) {
                failure.printStackTrace();
            }
            boolean explained = EXPLAINED.contains(failure.remedy());
            return explained ? "failed " + failure.getClass().getSimpleName() : "wrong " + failure;
        } catch (RuntimeException failure) {
            failure.printStackTrace();
            return "wrong " + failure;
        }
    }

    private static RebalanceSettings settings(long rate) {
        RebalanceSettings settings = RebalanceSettings.DEFAULT.withParallel(4);
        return rate == 0 ? settings : settings.withRowsPerSecond(rate);
    }
}
