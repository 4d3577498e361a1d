/**
 * Pipelines that run on this machine in the background: each has a folder with its file, its state
 * and a supervisor process that starts it anew when it fails.
 */
package io.shoal.local.deployment;
