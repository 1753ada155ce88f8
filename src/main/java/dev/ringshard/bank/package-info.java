/**
 * Customers and their money, by key: the repository that applications call. The only room that names a customer's
 * columns.
 */
@NullMarked
package dev.ringshard.bank;

import org.jspecify.annotations.NullMarked;
