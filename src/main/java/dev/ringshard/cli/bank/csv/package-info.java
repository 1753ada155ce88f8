/**
 * Customers and transactions from CSV files and back: {@code load} and {@code export}.
 */
@NullMarked
package dev.ringshard.cli.bank.csv;

import org.jspecify.annotations.NullMarked;
