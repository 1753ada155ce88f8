@NullMarked
package dev.ringshard.cli.bank;

import org.jspecify.annotations.NullMarked;
