/** Shoal in two lines for programmers: load a model or fit one, then score. */
package io.shoal.client;
