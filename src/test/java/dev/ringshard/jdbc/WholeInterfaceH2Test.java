package dev.ringshard.jdbc;

import dev.ringshard.config.DatabaseKind;
import java.util.Map;

class WholeInterfaceH2Test extends WholeInterfaceContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.H2;
    }

    /**
     * H2 refuses to compare a text with bytes where it plans a statement while its parameters are set, which it does anew
     * whenever anybody has changed the database's definitions; at other times it compares them.
     */
    @Override
    boolean dependsOnTheMoment(String answer) {
        return answer.equals("then refuses 90110");
    }

    @Override
    Map<String, String> differences(boolean autoCommit) {
        Map<String, String> differences = commonDifferences(autoCommit);
        differences.put("getFetchSize()", "0");
        differences.put("getQueryTimeout()", "0"); // on H2 that of the last statement of the session
        differences.put("getPrecision(int)", "255");
        differences.put("isSimpleIdentifier(String)", "true");
        // Told to the database, which refuses them, when a transaction begins.
        differences.put("setClientInfo(String, String)", "null");
        differences.put("setSchema(String)", "null");
        return differences;
    }
}
