/**
 * The contracts between Shoal's parts: Avro records ({@code io.shoal.schemas.avro}), their serdes
 * in the Confluent wire format, and the topics that carry them.
 */
package io.shoal.schemas;
