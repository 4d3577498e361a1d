/**
 * The demo on a running pipeline: sends transactions and the labels that follow them, and measures
 * what comes back. {@link io.shoal.local.demo.Demo} is the list of parts.
 */
package io.shoal.local.demo;
