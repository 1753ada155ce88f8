/**
 * The demo: a bank on embedded databases, a shard that joins and one that is drained.
 */
@NullMarked
package dev.ringshard.cli.bank.demo;

import org.jspecify.annotations.NullMarked;
