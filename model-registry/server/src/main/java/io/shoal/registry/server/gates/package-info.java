/** What a candidate must show on a sample of recent traffic before it may become champion. */
package io.shoal.registry.server.gates;
