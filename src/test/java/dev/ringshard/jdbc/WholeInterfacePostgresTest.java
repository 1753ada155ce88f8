package dev.ringshard.jdbc;

import dev.ringshard.config.DatabaseKind;
import java.util.Map;

class WholeInterfacePostgresTest extends WholeInterfaceContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }

    @Override
    Map<String, String> differences(boolean autoCommit) {
        Map<String, String> differences = commonDifferences(autoCommit);
        // The driver closes itself before what is executed next is read.
        differences.put("closeOnCompletion()", "then ");
        // Each is a new large object, with a number of its own; in autocommit the driver has no transaction for it.
        differences.put("setBlob(int, InputStream)", "then ");
        differences.put("setBlob(int, InputStream, long)", "then ");
        differences.put("getParameterTypeName(int)", "text");
        differences.put("prepareStatement(String, int[])", "a PreparedStatement");
        differences.put("setLargeMaxRows(long)", "null");
        return differences;
    }
}
