package io.shoal.local.stack;

import java.time.Duration;

/**
 * A part of the local system that is up.
 *
 * @param name for people
 * @param address where clients reach it, or what it does where it has no address
 * @param took how long it took to start
 */
public record PartStarted(String name, String address, Duration took) {}
