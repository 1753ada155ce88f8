/**
 * Customers and their money, by key: the repository that applications call. The only room that names a customer's
 * columns. A table's class has the SQL of it alone; what changes a balance and writes its entry in one statement is with the entries,
 * and what transfers write, in {@code TransferStatements}.
 */
@NullMarked
package dev.ringshard.bank;

import org.jspecify.annotations.NullMarked;
