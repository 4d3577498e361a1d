/**
 * Where the demo's transactions come from: the Fraud Detection Handbook's simulation, or a file;
 * and when the labels that follow them become known.
 */
package io.shoal.local.traffic;
