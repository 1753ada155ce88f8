/** Answers over HTTP how a cluster is: a page for people, figures for Prometheus, health for what restarts processes. */
@NullMarked
package dev.ringshard.internal.serve;

import org.jspecify.annotations.NullMarked;
