/**
 * The training job: a Flink job that reads scored vectors and labels from Kafka, learns from them
 * for ever, and publishes versions of the model exactly once. {@link io.shoal.jobs.TrainingJob} is
 * the place to start reading.
 */
package io.shoal.jobs;
