@NullMarked
package dev.ringshard.cli.bank.csv;

import org.jspecify.annotations.NullMarked;
