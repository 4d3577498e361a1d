/**
 * A whole pipeline in one file: what each service is told comes out of it, and it is held to the
 * options that the services define.
 */
package io.shoal.pipeline;
