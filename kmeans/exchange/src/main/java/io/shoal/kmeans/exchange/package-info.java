/**
 * Models as files that other systems read: PMML for consumers of nearest clusters, ONNX for the
 * whole score. Both carry everything that Shoal needs to read the same model back.
 */
package io.shoal.kmeans.exchange;
